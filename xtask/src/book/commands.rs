//! The commands, by what they say of themselves.

use std::path::Path;

use super::markdown::title;
use crate::Failure;

/// Where the tests of the command line keep what it says, and how those of its help begin.
const SNAPSHOTS: (&str, &str) = ("crates/cli/tests/it/snapshots", "it__messages__help");

const ABOUT: &str = "What `mutirao --help` and `mutirao COMMAND --help` say. Two more are for installers: `mutirao completions SHELL` \
prints a completion script, `mutirao man` the manual page. How a command ended is told by its [exit code](exit-codes.md).";

/// The page: the program, then its commands in the order in which the program lists them.
pub fn page(root: &Path) -> Result<String, Failure> {
    let whole = help(root, "")?;
    let mut page = title("Commands", ABOUT) + &section("mutirao", &whole);
    for name in listed(&whole) {
        let own = help(root, &format!("_{name}"))?;
        page += &section(&format!("mutirao {name}"), &own);
        for part in listed(&own) {
            page += &section(&format!("mutirao {name} {part}"), &help(root, &format!("_{name}_{part}"))?);
        }
    }
    Ok(page)
}

fn section(name: &str, help: &str) -> String {
    format!("\n## {name}\n\n```text\n{help}\n```\n")
}

/// What stands on standard output in a snapshot.
fn help(root: &Path, command: &str) -> Result<String, Failure> {
    let (folder, begins) = SNAPSHOTS;
    let path = root.join(folder).join(format!("{begins}{command}.snap"));
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let out = text.split_once("stdout:\n").and_then(|(_, rest)| rest.split_once("\nstderr:"));
    let (out, _) = out.ok_or_else(|| format!("{} is no snapshot of a command", path.display()))?;
    Ok(out.trim_end().to_owned())
}

/// The names of the commands that a help lists, but for help itself.
fn listed(help: &str) -> Vec<&str> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // A line that goes on with what the one above it began stands further in.
    let names = lines.filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_from_the_help() {
        let help =
            "About\n\nCommands:\n  init  Make\n        one\n  run   Go\n  help  Print\n\nOptions:\n  --json  x\n";
        assert_eq!(listed(help), ["init", "run"]);
    }
}
