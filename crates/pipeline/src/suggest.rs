//! "Did you mean": the known name closest to a wrong one.

/// The closest of the known names, if it is close enough to be meant.
pub fn closest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if wrong.bytes().all(|b| b.is_ascii_digit()) {
        // Between numbers, a difference of one digit tells nothing.
        return None;
    }
    let lower = wrong.to_lowercase();
    let near = |name: &&'a str| strsim::damerau_levenshtein(&lower, &name.to_lowercase());
    // A third of the letters may be wrong, but in a name of two or three letters no more than one.
    let allowed = |name: &str| (name.chars().count().max(wrong.chars().count()) / 3).max(1);
    known
        .into_iter()
        .filter(|name| *name != wrong && (denies(name) || !denies(wrong)))
        .map(|name| (near(&name), name))
        .filter(|(distance, name)| *distance <= allowed(name))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Whether one of a name's words is "not": without it the name means the opposite.
fn denies(name: &str) -> bool {
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    let has_not = |word: &str| {
        let after = |at: usize| word[at + 3..].chars().next();
        word == "not" || word.match_indices("Not").any(|(at, _)| after(at).is_none_or(|next| !next.is_lowercase()))
    };
    words.any(has_not)
}

/// `; did you mean "x"?` or nothing.
pub fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    closest(wrong, known).map(|name| format!("; did you mean \"{name}\"?")).unwrap_or_default()
}

/// A mend that gives the closest name, else lists all known ones.
pub fn mend_name(what: &str, wrong: &str, known: &[&str]) -> String {
    match closest(wrong, known.iter().copied()) {
        Some(name) => format!("write `{name}`; known {what}: {}", listed(known)),
        None if known.is_empty() => format!("there are no {what} yet"),
        None => format!("known {what}: {}", listed(known)),
    }
}

/// Names with commas between them, the first thirty.
pub fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 30;
    let mut text = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_names_are_found_and_far_ones_are_not() {
        assert_eq!(closest("sorce", ["source", "partner"]), Some("source"));
        assert_eq!(closest("partnre", ["source", "partner"]), Some("partner"));
        assert_eq!(closest("colour", ["source", "partner"]), None);
        assert_eq!(closest("x", ["y"]), Some("y"));
        assert_eq!(closest("not_in", ["not_on", "in"]), Some("not_on"));
        assert_eq!(closest("água", ["agua"]), Some("agua"));
    }

    #[test]
    fn a_name_with_not_is_never_answered_by_one_without() {
        let known = ["mustBe", "mustNotBe", "mustBeBetween", "mustNotBeBetween"];
        assert_eq!(closest("mustBeNotBetween", known), Some("mustNotBeBetween"));
        assert_eq!(closest("mustBeNot", ["mustBe", "mustNotBe"]), None);
        assert_eq!(closest("mustntBe", known), Some("mustNotBe"));
        assert_eq!(closest("mustBeBetwen", known), Some("mustBeBetween"));
        assert_eq!(closest("mustNote", ["mustVote"]), Some("mustVote"), "a note is no not");
    }
}
