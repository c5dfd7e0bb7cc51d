//! What GDAL and PROJ say: collected, never printed.

use std::sync::{Mutex, PoisonError};

use gdal::errors::CplErrType;
use mutirao_core::door::{Refusal, RefusalCode};

/// More than these are not kept; a corrupt file can make thousands.
const KEPT: usize = 8;

static ERRORS: Mutex<Errors> = Mutex::new(Errors { texts: Vec::new(), count: 0, aside: None });

struct Errors {
    texts: Vec<String>,
    count: usize,
    /// While somebody listens aside: the last message, warnings too, which is no error of reading then.
    aside: Option<String>,
}

/// From now on messages are collected.
pub fn collect() {
    gdal::config::set_error_handler(|class, _number, text| {
        if let Some(last) = &mut ERRORS.lock().unwrap_or_else(PoisonError::into_inner).aside {
            text.trim().clone_into(last);
            return;
        }
        if !matches!(class, CplErrType::Failure | CplErrType::Fatal) {
            return;
        }
        let mut errors = ERRORS.lock().unwrap_or_else(PoisonError::into_inner);
        errors.count += 1;
        let text = text.trim().to_owned();
        if errors.texts.len() < KEPT && !text.is_empty() && !errors.texts.contains(&text) {
            errors.texts.push(text);
        }
    });
}

/// How many errors there were since the last [`clear`].
pub fn count() -> usize {
    ERRORS.lock().unwrap_or_else(PoisonError::into_inner).count
}

/// Does something whose messages, warnings too, are its answer and no errors of reading; the last of them comes with it.
pub fn aside<T>(work: impl FnOnce() -> T) -> (T, Option<String>) {
    let listen = |aside| std::mem::replace(&mut ERRORS.lock().unwrap_or_else(PoisonError::into_inner).aside, aside);
    listen(Some(String::new()));
    let done = work();
    (done, listen(None).filter(|said| !said.is_empty()))
}

/// Forgets what was said so far.
pub fn clear() {
    let mut errors = ERRORS.lock().unwrap_or_else(PoisonError::into_inner);
    errors.texts.clear();
    errors.count = 0;
}

/// A refusal with what GDAL said since the last [`clear`].
pub fn refusal(code: RefusalCode, message: impl Into<String>, mend: impl Into<String>) -> Refusal {
    let errors = ERRORS.lock().unwrap_or_else(PoisonError::into_inner);
    let mut message = message.into();
    if !errors.texts.is_empty() {
        message.push_str(" (GDAL: ");
        message.push_str(&errors.texts.join("; "));
        message.push(')');
    }
    Refusal::new(code, message, mend)
}
