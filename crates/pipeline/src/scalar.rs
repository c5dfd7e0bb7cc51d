//! Typed values out of texts, strictly.

/// A whole number: an optional minus and digits, no leading zeros.
pub fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let padded = digits.len() > 1 && digits.starts_with('0');
    if plain && !padded { text.parse().ok() } else { None }
}

/// A finite number: digits, with a fraction and an exponent if need be.
pub fn number(text: &str) -> Option<f64> {
    let allowed = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E');
    let starts = text.strip_prefix('-').unwrap_or(text).starts_with(|c: char| c.is_ascii_digit());
    if !starts || !text.bytes().all(allowed) {
        return None;
    }
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// `true` or `false`, and nothing else.
pub fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// Whether it is a day that exists, `YYYY-MM-DD`.
pub fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let digits = |part: &str, len: usize| part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
        return false;
    }
    let (Ok(year), Ok(month), Ok(day)) = (year.parse::<u32>(), month.parse::<u32>(), day.parse::<u32>()) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// Whether a text can be a folder or a file name everywhere: periods, the network's id and its version become such names.
pub fn is_file_name(text: &str) -> bool {
    let bad = |c: char| c.is_control() || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    !text.is_empty()
        && text.len() <= 100
        && !text.contains(bad)
        && !text.starts_with('.')
        && !text.ends_with(['.', ' '])
        && !text.starts_with(' ')
}

/// Whether a text can name a layer, a group or a kind of territories: letters, digits, `_` and `-`, at least one letter.
pub fn is_name(text: &str) -> bool {
    let letter = |c: char| c.is_alphabetic() || c == '_';
    text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
        && text.chars().any(letter)
        && !matches!(text, "any" | "none" | "not")
}

/// Whether a text has the shape of an SPDX expression; whether such a licence exists is not asked.
pub fn is_licence(text: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | ':');
    let word = |word: &str| matches!(word, "AND" | "OR" | "WITH");
    let flat = text.replace(['(', ')'], " ");
    let words: Vec<&str> = flat.split_whitespace().collect();
    // Ids and the words between them take turns.
    words.len() % 2 == 1
        && words.iter().enumerate().all(|(at, part_text)| {
            if at % 2 == 1 { word(part_text) } else { !word(part_text) && part_text.chars().all(part) }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_strictly() {
        assert_eq!(integer("-12"), Some(-12));
        for odd in ["", "-", "+1", "1_000", "0x10", "007", "1.0", " 1", "1e3", "99999999999999999999"] {
            assert_eq!(integer(odd), None, "{odd}");
        }
        assert_eq!(number("1e-3"), Some(0.001));
        for odd in ["", ".5", "nan", "inf", "-inf", "1e999", "1,5", "0x1"] {
            assert_eq!(number(odd), None, "{odd}");
        }
        assert_eq!(boolean("NO"), None);
    }

    #[test]
    fn dates_must_exist() {
        assert!(is_date("2024-02-29"));
        for odd in ["2023-02-29", "2023-13-01", "2023-1-1", "2023-00-10", "20230101", "2023-01-01-01", "２０２３-01-01"]
        {
            assert!(!is_date(odd), "{odd}");
        }
    }

    #[test]
    fn names_and_licences_have_shapes() {
        assert!(
            is_name("área_protegida") && is_name("forest-2") && !is_name("14+") && !is_name("12") && !is_name("any")
        );
        assert!(is_file_name("2019-2020") && !is_file_name("../x") && !is_file_name("a/b") && !is_file_name(""));
        assert!(is_licence("CC-BY-4.0") && is_licence("(MIT OR Apache-2.0)") && is_licence("LicenseRef-mine"));
        assert!(!is_licence("CC BY 4.0") && !is_licence("") && !is_licence("free, really"));
    }
}
