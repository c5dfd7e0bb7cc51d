//! When periods are: their first and last moments.

use jiff::civil::Date;
use mutirao_core::pipeline::Period;

/// From the first to the last moment of a period, or of all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// RFC 3339, UTC.
    pub start: String,
    /// RFC 3339, UTC.
    pub end: String,
}

/// The span of a period; none where the pipeline gives no bounds, or bounds that are no days.
pub fn span(period: &Period) -> Option<Span> {
    let day = |text: &Option<String>| text.as_ref()?.parse::<Date>().ok();
    let (start, end) = (day(&period.start)?, day(&period.end)?);
    Some(Span { start: format!("{start}T00:00:00Z"), end: format!("{end}T23:59:59Z") })
}

/// From the first moment of the earliest to the last of the latest period; none where no period says when it is.
pub fn whole(periods: &[Period]) -> Option<Span> {
    let spans = || periods.iter().filter_map(span);
    Some(Span { start: spans().map(|span| span.start).min()?, end: spans().map(|span| span.end).max()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(start: Option<&str>, end: Option<&str>) -> Period {
        Period { label: "x".into(), start: start.map(str::to_owned), end: end.map(str::to_owned) }
    }

    #[test]
    fn spans_begin_and_end_with_their_days() {
        let harvest = period(Some("2019-08-01"), Some("2020-07-31"));
        let year = period(Some("2020-01-01"), Some("2020-12-31"));
        assert_eq!(span(&harvest).unwrap().end, "2020-07-31T23:59:59Z");
        let all = whole(&[year, period(None, None), harvest]).unwrap();
        assert_eq!((&all.start[..], &all.end[..]), ("2019-08-01T00:00:00Z", "2020-12-31T23:59:59Z"));
        assert_eq!(span(&period(Some("some day"), Some("2020-07-31"))), None);
        assert_eq!(whole(&[period(None, None)]), None);
    }
}
