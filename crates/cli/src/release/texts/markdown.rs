//! Small pieces of Markdown (CommonMark, with GitHub's tables), safe for any text.

/// A text of somebody else's within a line: it is shown as it is and means nothing to Markdown; line breaks become spaces.
pub fn plain(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.trim().chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' => escaped.extend(['\\', character]),
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A text of somebody else's as code: for paths and codes.
pub fn code(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let text = text.replace('|', "\\|");
    if longest > 0 { format!("{fence} {text} {fence}") } else { format!("{fence}{text}{fence}") }
}

/// A name that leads to an address of the web; the name alone where the address is none.
pub fn link(name: &str, address: Option<&str>) -> String {
    let is_address = |address: &&str| {
        (address.starts_with("https://") || address.starts_with("http://"))
            && !address.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '|' | '\\'))
    };
    match address.filter(is_address) {
        Some(address) => format!("[{}](<{address}>)", plain(name)),
        None => plain(name),
    }
}

/// A table: the header first; columns from `right_from` on stand to the right, as numbers do.
pub fn table(rows: &[Vec<String>], right_from: usize) -> String {
    let Some((header, rows)) = rows.split_first() else { return String::new() };
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let rule: Vec<String> =
        (0..header.len()).map(|column| if column < right_from { "---" } else { "---:" }.to_owned()).collect();
    let rows: String = rows.iter().map(|row| line(row)).collect();
    format!("{}{}{rows}", line(header), line(&rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_texts_stay_texts() {
        assert_eq!(
            plain("a|b *c* <i>\n# d & `e` [f](g) _h_ \\"),
            "a\\|b \\*c\\* &lt;i&gt; \\# d &amp; \\`e\\` \\[f\\](g) \\_h\\_ \\\\"
        );
        assert_eq!(code("a|b"), "`a\\|b`");
        assert_eq!(code("a``b"), "``` a``b ```");
    }

    #[test]
    fn only_addresses_are_links() {
        assert_eq!(link("A [b]", Some("https://x.example/a_(b)")), "[A \\[b\\]](<https://x.example/a_(b)>)");
        for address in ["javascript:alert(1)", "https://x> y", "", "data:,x"] {
            assert_eq!(link("A", Some(address)), "A");
        }
    }
}
