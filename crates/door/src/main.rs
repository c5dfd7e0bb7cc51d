//! `mutirao-door`: one question on standard input, one answer on standard output. See [`mutirao_core::door`].
#![forbid(unsafe_code)]

use std::io::{Read, Write};
use std::panic::AssertUnwindSafe;

use mutirao_core::door::{DOOR_VERSION, Line, Progress, Refusal, RefusalCode, Request};

/// No request is longer: WKT has a few kilobytes, GeoKeys hardly more.
const LONGEST_REQUEST: u64 = 16 << 20;

fn main() -> std::process::ExitCode {
    let mut out = std::io::stdout().lock();
    let last = answer(&mut out).unwrap_or_else(Line::Refusal);
    match write_line(&mut out, &last) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(_) => std::process::ExitCode::FAILURE,
    }
}

/// The last line, unless it is a refusal.
fn answer(out: &mut impl Write) -> Result<Line, Refusal> {
    let request = request()?;
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

fn request() -> Result<Request, Refusal> {
    let malformed = |what: String| Refusal::new(RefusalCode::QuestionMalformed, what, "ask through mutirao");
    let mut text = String::new();
    std::io::stdin()
        .take(LONGEST_REQUEST)
        .read_to_string(&mut text)
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
