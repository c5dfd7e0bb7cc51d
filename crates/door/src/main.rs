//! `mutirao-door`: questions on standard input, answers on standard output, a line each. See [`mutirao_core::door`].
#![forbid(unsafe_code)]

use std::io::{BufRead, Read, Write};
use std::panic::AssertUnwindSafe;

use mutirao_core::door::{DOOR_VERSION, Line, Progress, Refusal, RefusalCode, Request};

/// No request is longer: WKT has a few kilobytes, GeoKeys hardly more.
const LONGEST_REQUEST: u64 = 16 << 20;

fn main() -> std::process::ExitCode {
    let mut asked = std::io::stdin().lock();
    let mut out = std::io::stdout().lock();
    loop {
        let last = answer(&mut asked, &mut out).unwrap_or_else(Line::Refusal);
        if write_line(&mut out, &last).is_err() {
            return std::process::ExitCode::FAILURE;
        }
        // A request that cannot be read is answered; nothing after the last one is not asked.
        if asked.fill_buf().map_or(true, <[u8]>::is_empty) {
            return std::process::ExitCode::SUCCESS;
        }
    }
}

/// The last line, unless it is a refusal.
fn answer(asked: &mut impl BufRead, out: &mut impl Write) -> Result<Line, Refusal> {
    let request = request(asked)?;
    let mut progress = |done: f64, what: &str| {
        // Who asked may have gone; the work ends at the last line then.
        let _ = write_line(out, &Line::Progress(Progress { done, what: what.to_owned() }));
    };
    let work = AssertUnwindSafe(|| mutirao_door::answer(&request.question, &mut progress));
    let panicked = |_| {
        let message = "mutirao-door met a bug of its own; its standard error says where";
        Err(Refusal::new(RefusalCode::DoorPanicked, message, "please report it"))
    };
    std::panic::catch_unwind(work).unwrap_or_else(panicked).map(Line::Answer)
}

fn request(asked: &mut impl BufRead) -> Result<Request, Refusal> {
    let malformed = |what: String| Refusal::new(RefusalCode::QuestionMalformed, what, "ask through mutirao");
    let mut text = String::new();
    asked
        .take(LONGEST_REQUEST)
        .read_line(&mut text)
        .map_err(|e| malformed(format!("the request cannot be read: {e}")))?;
    let value: serde_json::Value =
        serde_json::from_str(&text).map_err(|e| malformed(format!("the request is not JSON: {e}")))?;
    if value.get("door") != Some(&DOOR_VERSION.into()) {
        let found = value.get("door").map_or("none".to_owned(), ToString::to_string);
        return Err(Refusal::new(
            RefusalCode::DoorVersion,
            format!("this door answers version {DOOR_VERSION} of the questions, the request has {found}"),
            "install mutirao and mutirao-door of one release",
        ));
    }
    serde_json::from_value(value).map_err(|e| malformed(format!("the question is not understood: {e}")))
}

fn write_line(out: &mut impl Write, line: &Line) -> std::io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    out.write_all(&text)?;
    out.flush()
}
