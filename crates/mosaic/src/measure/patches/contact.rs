//! Runs of pixels along a line, and which of them touch those along the line beside it.

/// A run along a row or column: from `start` to before `end`, in the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Contact {
    pub start: u32,
    pub end: u32,
    /// A class, or nothing.
    pub class: u32,
    /// Which part the run belongs to; [`NO_PART`] for nothing.
    pub part: u32,
}

/// The part of nothing.
pub(super) const NO_PART: u32 = u32::MAX;

/// Those of `others` that touch `run`, all in the order of their places. `next` stands before the first that may touch this run or one
/// after it.
pub(super) fn touching<'a>(others: &'a [Contact], next: &mut usize, run: &Contact, reach: u32) -> &'a [Contact] {
    while others.get(*next).is_some_and(|other| other.end + reach <= run.start) {
        *next += 1;
    }
    let rest = &others[*next..];
    let count = rest.iter().take_while(|other| other.start < run.end + reach).count();
    &rest[..count]
}
