//! The built program, asked as its clients ask it.

mod crs;
mod features;
mod geoparquet;
mod outlines;
mod points;
mod raster;
mod vector;
mod warp;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use mutirao_core::door::{Answer, CrsText, Line, Question, Refusal, Request};

/// What the program says to a raw request: all its lines. Fails unless it exits with 0.
pub fn say(request: &str) -> Vec<Line> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mutirao-door"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("piped").write_all(request.as_bytes()).expect("it reads");
    let done = child.wait_with_output().expect("it ends");
    assert!(done.status.success(), "exit {:?}", done.status);
    let text = String::from_utf8(done.stdout).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

/// Asks a question: progress, if any, comes first, then one answer or refusal.
pub fn ask(question: Question) -> Result<Answer, Refusal> {
    let mut lines = say(&serde_json::to_string(&Request::new(question)).expect("plain values"));
    let last = lines.pop().expect("a last line");
    assert!(lines.iter().all(|line| matches!(line, Line::Progress(p) if (0.0..=1.0).contains(&p.done))));
    match last {
        Line::Answer(answer) => Ok(answer),
        Line::Refusal(refusal) => Err(refusal),
        Line::Progress(_) => panic!("the last line is progress"),
    }
}

/// A CRS in words.
pub fn text(crs: &str) -> CrsText {
    CrsText::Text(crs.to_owned())
}

/// A file of the shared data; none, said aloud, where it is not here.
pub fn shared(path: &str) -> Option<PathBuf> {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(path);
    if !data.exists() {
        println!("skipped: ../shared is not here ({path})");
        return None;
    }
    Some(data)
}

#[test]
fn bad_requests_are_refused_by_name() {
    let code = |request: &str| match say(request).as_slice() {
        [Line::Refusal(refusal)] => serde_json::to_value(refusal.code).expect("a code"),
        other => panic!("{other:?}"),
    };
    assert_eq!(code(""), "question-malformed");
    assert_eq!(code("{\"door\":1}"), "question-malformed");
    assert_eq!(code("{\"door\":1,\"question\":{\"weather\":{}}}"), "question-malformed");
    assert_eq!(code("{\"door\":2,\"question\":{}}"), "door-version");
    assert_eq!(code("{}"), "door-version");
}
