//! The exit codes, by the comments of `Exit`.

use std::path::Path;

use super::markdown::{comment, table, title};
use crate::Failure;

const SOURCE: &str = "crates/cli/src/exit.rs";

const ABOUT: &str = "How a command ended. They are part of the interface; with `--json`, standard output holds one object in each case.";

/// The page.
pub fn page(root: &Path) -> Result<String, Failure> {
    let rows = exits(&std::fs::read_to_string(root.join(SOURCE))?);
    if rows.is_empty() {
        return Err(format!("no exit codes in {SOURCE}").into());
    }
    Ok(title("Exit codes", ABOUT) + "\n" + &table(["code", "meaning"], rows))
}

/// Code and meaning of each variant with a number.
fn exits(source: &str) -> Vec<[String; 2]> {
    let lines: Vec<&str> = source.lines().collect();
    let variants = lines.iter().enumerate().filter_map(|(at, line)| {
        let number = line.strip_prefix("    ")?.strip_suffix(',')?.split_once(" = ")?.1;
        number.parse::<u8>().ok()?;
        let begin = lines[..at].iter().rposition(|line| !line.trim().starts_with("///")).map_or(0, |before| before + 1);
        Some([number.to_owned(), comment(lines[begin..at].iter().copied())])
    });
    variants.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_read_with_their_comments() {
        let source =
            "pub enum Exit {\n    /// Well.\n    /// Done.\n    Ok = 0,\n    /// Stopped.\n    Stopped = 130,\n}\n";
        let two = [["0".to_owned(), "Well. Done.".to_owned()], ["130".to_owned(), "Stopped.".to_owned()]];
        assert_eq!(exits(source), two);
    }
}
