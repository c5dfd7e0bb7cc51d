//! Markdown, as far as the reference needs it.

/// What stands at the head of every page.
pub fn title(title: &str, about: &str) -> String {
    format!("<!-- Written by `cargo xtask book`. Do not edit. -->\n\n# {title}\n\n{about}\n")
}

/// A table: a header, then rows of as many cells.
pub fn table<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let line = |cells: [String; N]| format!("| {} |\n", cells.join(" | "));
    let mut text = line(header.map(str::to_owned));
    text += &line([(); N].map(|()| "---".to_owned()));
    for row in rows {
        text += &line(row.map(|cell| cell.replace('|', "\\|")));
    }
    text
}

/// A word of code.
pub fn code(word: &str) -> String {
    format!("`{word}`")
}

/// The comment of an item, as one paragraph, out of its lines of source; ends where no `///` stands.
pub fn comment<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let told = lines.map_while(|line| line.trim().strip_prefix("///"));
    told.map(str::trim).collect::<Vec<_>>().join(" ")
}
