//! Where a finding is.

use mutirao_check::{CheckFinding, Where};

/// The places of a finding that one picture can show: those in the file and band of the first.
pub struct Places<'a> {
    /// The file.
    pub file: &'a str,
    /// The period; empty where none is said.
    pub period: &'a str,
    /// From 0.
    pub band: u16,
    /// The places, in their order.
    pub all: Vec<&'a Where>,
}

impl<'a> Places<'a> {
    /// Those that can be shown; none where there are none.
    pub fn of(finding: &'a CheckFinding, can_be_shown: fn(&Where) -> bool) -> Option<Places<'a>> {
        let all = if finding.first.is_empty() { finding.place.as_slice() } else { &finding.first };
        let mut shown = all.iter().filter(|place| place.file.is_some() && can_be_shown(place)).peekable();
        let first: &Where = shown.peek()?;
        Some(Places {
            file: first.file.as_deref()?,
            period: first.period.as_deref().unwrap_or_default(),
            band: first.band.map_or(0, |band| band.max(1) - 1),
            all: shown.filter(|place| (&place.file, place.band) == (&first.file, first.band)).collect(),
        })
    }
}
