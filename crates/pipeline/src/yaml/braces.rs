//! Placeholders such as `{period}` in bare texts.
//!
//! `{ source: data/x_{period}.tif }` is how people write it, and it is no YAML: inside of `{ }` a bare text may hold no braces.
//! So the braces of placeholders are other characters while the parser is at work. Columns stay as they are.

/// A text whose placeholders have stand-ins for their braces.
pub(super) struct Braces {
    pub text: String,
    stand_ins: [char; 2],
}

impl Braces {
    /// Hides the braces of placeholders.
    pub fn hide(text: &str) -> Braces {
        let stand_ins = free_characters(text);
        let mut hidden = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('{') {
            let (before, from) = rest.split_at(at);
            hidden.push_str(before);
            let last = hidden.chars().next_back();
            match name(from).filter(|name| is_placeholder(name, last, from[name.len() + 2..].chars().next())) {
                Some(name) => {
                    hidden.push(stand_ins[0]);
                    hidden.push_str(name);
                    hidden.push(stand_ins[1]);
                    rest = &from[name.len() + 2..];
                }
                None => {
                    hidden.push('{');
                    rest = &from[1..];
                }
            }
        }
        hidden.push_str(rest);
        Braces { text: hidden, stand_ins }
    }

    /// Gives a text its braces back.
    pub fn restore(&self, text: &str) -> String {
        text.replace(self.stand_ins[0], "{").replace(self.stand_ins[1], "}")
    }
}

/// Two characters of the private use area that do not stand in the text.
fn free_characters(text: &str) -> [char; 2] {
    let used: std::collections::BTreeSet<char> =
        text.chars().filter(|c| ('\u{e000}'..='\u{f8ff}').contains(c)).collect();
    let mut free = ('\u{e000}'..='\u{f8ff}').filter(|c| !used.contains(c));
    // A text that uses all 6,400 of them is no pipeline: its braces may get lost.
    [free.next().unwrap_or('\u{e000}'), free.next().unwrap_or('\u{e001}')]
}

/// The name in `{name}`, if that is how the text begins.
fn name(from: &str) -> Option<&str> {
    let name = from.strip_prefix('{')?.split_once('}')?.0;
    let letters = !name.is_empty() && name.chars().all(|c| c.is_alphabetic() || c == '_');
    letters.then_some(name)
}

/// Known names always are; others where they stick to a text, as misspelled ones do.
fn is_placeholder(name: &str, before: Option<char>, after: Option<char>) -> bool {
    let sticks = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '\u{e000}'..='\u{f8ff}');
    matches!(name, "period" | "version") || before.is_some_and(sticks) || after.is_some_and(sticks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(text: &str) -> String {
        Braces::hide(text).text.replace('\u{e000}', "<").replace('\u{e001}', ">")
    }

    #[test]
    fn only_placeholders_are_hidden() {
        assert_eq!(
            hidden("{ source: x_{period}.tif, b: {version}_{perod} }"),
            "{ source: x_<period>.tif, b: <version>_<perod> }"
        );
        assert_eq!(hidden("{a: {b}, c: {d: 1}}"), "{a: {b}, c: {d: 1}}");
        assert_eq!(hidden("{{{"), "{{{");
    }

    #[test]
    fn restoring_undoes_hiding() {
        let text = "a_{period}\u{e000}{version}";
        let braces = Braces::hide(text);
        assert_eq!(braces.restore(&braces.text), text);
    }
}
