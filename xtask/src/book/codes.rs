//! The codes of findings.
//!
//! Those of reading a pipeline come from `mutirao_pipeline::CODES`, those of contracts from `mutirao_contract::CODES`, those of the door from `RefusalCode`'s comments. The others
//! are said in [`super::meanings`]; a test finds every code of the sources that nobody described, and every description that no
//! source uses. Codes of one word cannot be told from other words, so those are found in the second way only.

use std::path::Path;

use super::{
    literals::Literals,
    markdown::{code, comment, table, title},
    meanings::{Described, GATE, LAYERS, NO_CODES, RULES, VERIFY},
};
use crate::Failure;

/// The crates whose literals may be codes. The door's are an enum.
const CRATES: [&str; 6] = ["core", "pipeline", "contract", "mosaic", "engine", "cli"];

const DOOR: &str = "crates/core/src/door/refusal.rs";

const MEND: &str = "say in xtask/src/book/meanings.rs what is a code and what is not, and nothing that no source uses";

const ABOUT: &str = "Every finding has a code, a stable word for programs; messages may change, codes do not. `lint`, `plan` and `run` give \
the same findings as far as each of them looks. A finding is an error, unless its meaning says \"a warning\" or \"a note\"; errors end a \
command with [exit code](exit-codes.md) 1, warnings and notes do not. `--json` gives findings as objects: `code`, `severity` (`error`, \
`warning`, `info`), `layer`, `class`, `rule` (from 1), `part` (`rule` or `unless:<n>`), `because` (rules, from 1), `where`, `message`, \
`mend`; what does not apply is left out.";

/// The page: codes that the sources use, by where they come from, each list by name.
pub fn page(root: &Path) -> Result<String, Failure> {
    let used = Literals::read(root, &CRATES)?;
    let wrong: Vec<&str> = undescribed(&used).into_iter().chain(unused(&used)).collect();
    if !wrong.is_empty() {
        return Err(format!("{}: {MEND}", wrong.join(", ")).into());
    }
    let refusals = refusals(&std::fs::read_to_string(root.join(DOOR))?);
    let door: Vec<Described> = refusals.iter().map(|(code, about)| (code.as_str(), about.as_str())).collect();
    Ok(title("Codes of findings", ABOUT)
        + &section("Reading a pipeline, its legend and crosswalks", &mutirao_pipeline::CODES)
        + &section("Reading contracts and deliveries", &mutirao_contract::CODES)
        + &section("Checking deliveries", &mutirao_check::CODES)
        + &section("Running with contracts", GATE)
        + &section("The linter: rules and areas", RULES)
        + &section("Planning, and reading layers", LAYERS)
        + &section("The door: files and coordinate systems", &door)
        + &section("Verifying a release", VERIFY))
}

fn section(name: &str, codes: &[Described<'_>]) -> String {
    let mut codes = codes.to_vec();
    codes.sort_unstable();
    let rows = codes.into_iter().map(|(word, about)| [code(word), about.to_owned()]);
    format!("\n## {name}\n\n{}", table(["code", "meaning"], rows))
}

/// What may be a code and is described nowhere.
fn undescribed(used: &Literals) -> Vec<&str> {
    let lists = [
        &mutirao_pipeline::CODES[..],
        &mutirao_contract::CODES[..],
        &mutirao_check::CODES[..],
        RULES,
        LAYERS,
        GATE,
        VERIFY,
    ];
    let is_check = |word: &str| mutirao_contract::checks::spec(word).is_some();
    let described = |word: &str| lists.iter().any(|list| list.iter().any(|(code, _)| *code == word));
    used.hyphenated().filter(|word| !described(word) && !is_check(word) && !NO_CODES.contains(word)).collect()
}

/// What is described, or said to be no code, and stands in no source.
fn unused(used: &Literals) -> Vec<&'static str> {
    let described = [RULES, LAYERS, GATE, VERIFY].into_iter().flatten().map(|(code, _)| *code);
    described.chain(NO_CODES.iter().copied()).filter(|word| !used.hold(word)).collect()
}

/// Code and meaning of each variant of `RefusalCode`, as serde names them.
fn refusals(source: &str) -> Vec<(String, String)> {
    let body = source.split_once("pub enum RefusalCode {\n").map_or("", |(_, rest)| rest);
    let mut told = Vec::new();
    let mut codes = Vec::new();
    for line in body.lines().map(str::trim).take_while(|line| *line != "}") {
        match line.strip_suffix(',').filter(|name| name.bytes().all(|byte| byte.is_ascii_alphabetic())) {
            Some(name) => codes.push((kebab(name), comment(told.drain(..)))),
            None => told.push(line),
        }
    }
    codes
}

/// `CrsMissing` as `crs-missing`.
fn kebab(name: &str) -> String {
    let mut word = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !word.is_empty() {
            word.push('-');
        }
        word.push(letter.to_ascii_lowercase());
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_sources_is_described() {
        let used = Literals::read(&crate::root(), &CRATES).unwrap();
        let none: [&str; 0] = [];
        assert_eq!(undescribed(&used), none, "{MEND}");
        assert_eq!(unused(&used), none, "{MEND}");
    }

    #[test]
    fn refusals_of_the_door_are_read() {
        let source =
            "pub enum RefusalCode {\n    /// No bands\n    /// at all.\n    NoBands,\n    /// Lossy.\n    Lossy,\n}\n";
        let two = [("no-bands", "No bands at all."), ("lossy", "Lossy.")];
        assert_eq!(refusals(source), two.map(|(code, about)| (code.to_owned(), about.to_owned())));
        let code = mutirao_core::door::RefusalCode::NotALocalFile;
        assert_eq!(serde_json::to_value(code).unwrap(), kebab("NotALocalFile"));
    }
}
