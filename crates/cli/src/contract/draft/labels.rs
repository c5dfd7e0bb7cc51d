//! Periods in the names of files and in the descriptions of bands.

/// Texts that differ by the labels of their periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// The label of each text.
    pub labels: Vec<String>,
    /// The text with `{period}` for the label; none where the texts differ elsewhere too.
    pub template: Option<String>,
}

/// Finds the labels: years, and what stands between years that both change. None where a text has no year, or where nobody can tell
/// which of several it is.
pub fn series(texts: &[&str]) -> Option<Series> {
    let years: Vec<Vec<(usize, usize)>> = texts.iter().map(|text| years(text)).collect();
    let count = years.first()?.len();
    if count == 0 || years.iter().any(|of| of.len() != count) {
        return None;
    }
    let year = |text: usize, at: usize| &texts[text][years[text][at].0..years[text][at].1];
    let varies = |at: &usize| (1..texts.len()).any(|text| year(text, *at) != year(0, *at));
    let varying: Vec<usize> = (0..count).filter(varies).collect();
    let (first, last) = match (varying.first(), varying.last()) {
        (Some(first), Some(last)) => (*first, *last),
        _ if count == 1 => (0, 0),
        _ => return None,
    };
    let split = |text: usize| {
        let (from, to) = (years[text][first].0, years[text][last].1);
        (&texts[text][..from], &texts[text][from..to], &texts[text][to..])
    };
    let (before, _, after) = split(0);
    let is_same = (0..texts.len()).map(split).all(|(own, _, rest)| own == before && rest == after);
    Some(Series {
        labels: (0..texts.len()).map(|text| split(text).1.to_owned()).collect(),
        template: is_same.then(|| format!("{before}{{period}}{after}")),
    })
}

/// Where four digits stand alone that are a year.
fn years(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let len = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if len == 4 && text[at..at + 4].parse().is_ok_and(|year: u32| (1900..=2100).contains(&year)) {
            found.push((at, at + 4));
        }
        at += len.max(1);
    }
    found
}

/// An id out of the names of files: what they share, without their label and their ending.
pub fn id(names: &[&str], series: Option<&Series>) -> String {
    let bare = |at: usize| {
        let stem = names[at].rsplit_once('.').map_or(names[at], |(stem, _)| stem);
        series.map_or_else(|| stem.to_owned(), |series| stem.replacen(&series.labels[at], "", 1))
    };
    let shared = (1..names.len()).fold(bare(0), |known, at| {
        let own = bare(at);
        known.chars().zip(own.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
    });
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c
        } else if c == '_' {
            '_'
        } else {
            '-'
        }
    };
    let mapped: String = shared.chars().map(plain).collect();
    let parts: Vec<&str> = mapped.split(['_', '-']).filter(|part| !part.is_empty()).collect();
    let sign = if mapped.contains('_') { "_" } else { "-" };
    if parts.is_empty() { "layer".to_owned() } else { parts.join(sign) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(texts: &[&str]) -> (Vec<String>, Option<String>) {
        let series = series(texts).expect("a series");
        (series.labels, series.template)
    }

    #[test]
    fn years_are_the_periods() {
        let template = |text: &str| Some(text.to_owned());
        let (found, pattern) = labels(&["mining_2019.tif", "mining_2020.tif"]);
        assert_eq!((found, pattern), (vec!["2019".to_owned(), "2020".to_owned()], template("mining_{period}.tif")));
        assert_eq!(labels(&["a_1985_1990.tif", "a_1990_1995.tif"]).0, ["1985_1990", "1990_1995"]);
        assert_eq!(labels(&["nlcd_2019_l48_20210604.tif"]).1, template("nlcd_{period}_l48_20210604.tif"));
        assert_eq!(labels(&["v2000_lc1999.tif", "v2000_lc2004.tif"]).1, template("v2000_lc{period}.tif"));
        assert_eq!(labels(&["2021_cdls_-106095.tif", "2021_cdls_-91095.tif"]), (vec!["2021".to_owned(); 2], None));
    }

    #[test]
    fn what_nobody_can_tell_is_no_series() {
        for texts in [&["water.tif"][..], &["a_2019_2020.tif"], &["a_2019.tif", "b.tif"], &["lc_85a22.tif"], &[]] {
            assert_eq!(series(texts), None, "{texts:?}");
        }
    }

    #[test]
    fn ids_are_what_names_share() {
        let of = |names: &[&str]| id(names, series(names).as_ref());
        assert_eq!(of(&["mining_2019.tif", "mining_2020.tif"]), "mining");
        assert_eq!(of(&["2021_30m_cdls_-106095_1.tif", "2021_30m_cdls_-91095_1.tif"]), "30m_cdls");
        assert_eq!(of(&["água de beber.tif"]), "gua-de-beber");
        assert_eq!(of(&["2019.tif", "2020.tif"]), "layer");
    }
}
