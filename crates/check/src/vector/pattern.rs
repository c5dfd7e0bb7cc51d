//! Shapes of keys: `#` a digit, `@` a letter, `?` any character, `*` any number of them; others stand for themselves.

/// Whether a text has a shape, all of it.
pub fn matches(shape: &str, text: &str) -> bool {
    let (shape, text): (Vec<char>, Vec<char>) = (shape.chars().collect(), text.chars().collect());
    let (mut s, mut t) = (0, 0);
    // Where the last star stands, and up to where it takes the text.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if shape.get(s) == Some(&'*') {
            star = Some((s, t));
            s += 1;
        } else if shape.get(s).is_some_and(|sign| fits(*sign, text[t])) {
            (s, t) = (s + 1, t + 1);
        } else if let Some((at, taken)) = star {
            star = Some((at, taken + 1));
            (s, t) = (at + 1, taken + 1);
        } else {
            return false;
        }
    }
    shape[s..].iter().all(|sign| *sign == '*')
}

fn fits(sign: char, letter: char) -> bool {
    match sign {
        '#' => letter.is_ascii_digit(),
        '@' => letter.is_alphabetic(),
        '?' => true,
        other => other == letter,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn signs_stand_for_what_they_say() {
        for (shape, text, expected) in [
            ("#######", "1600105", true),
            ("#######", "160010", false),
            ("@@-##*", "BR-16", true),
            ("@@-##*", "BR-16/7", true),
            ("@@-##*", "B1-16", false),
            ("*", "", true),
            ("?", "", false),
            ("a*b*c", "aXbXbYc", true),
            ("a*b*c", "aXbXbY", false),
            ("Å@", "Åç", true),
        ] {
            assert_eq!(matches(shape, text), expected, "{shape} {text}");
        }
    }

    /// By trying every length of every star.
    fn brute(shape: &[char], text: &[char]) -> bool {
        match shape.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|taken| brute(rest, &text[taken..])),
            Some((sign, rest)) => text.split_first().is_some_and(|(t, left)| fits(*sign, *t) && brute(rest, left)),
        }
    }

    proptest! {
        #[test]
        fn as_brute_force(shape in "[#@?*a]{0,6}", text in "[a1é]{0,8}") {
            let (s, t): (Vec<char>, Vec<char>) = (shape.chars().collect(), text.chars().collect());
            prop_assert_eq!(matches(&shape, &text), brute(&s, &t));
        }
    }
}
