//! The codes of findings.
//!
//! Those of reading a pipeline come from `mutirao_pipeline::CODES`, those of the door from `RefusalCode`'s comments. The others
//! are said here; a test finds every code of the sources that nobody described.

use std::path::Path;

use super::{
    literals::Literals,
    markdown::{code, comment, table, title},
};
use crate::Failure;

/// A code and its meaning.
type Described = (&'static str, &'static str);

/// The crates whose literals may be codes. The door's are an enum.
const CRATES: [&str; 5] = ["core", "pipeline", "mosaic", "engine", "cli"];

const DOOR: &str = "crates/core/src/door/refusal.rs";

const ABOUT: &str = "Every finding has a code, a stable word for programs; messages may change, codes do not. `lint`, `plan` and `run` give \
the same findings as far as each of them looks. A finding is an error, unless its meaning says \"a warning\" or \"a note\"; errors end a \
command with [exit code](exit-codes.md) 1, warnings and notes do not. `--json` gives findings as objects: `code`, `severity` (`error`, \
`warning`, `info`), `layer`, `class`, `rule` (from 1), `part` (`rule` or `unless:<n>`), `because` (rules, from 1), `where`, `message`, \
`mend`; what does not apply is left out.";

/// Of the linter of rules.
const RULES: [Described; 11] = [
    (
        "never-wins",
        "A warning: earlier rules, alone or together, always match first; `because` lists them. Its exceptions are not judged.",
    ),
    (
        "exception-never-applies",
        "A warning: an exception that can never hold, or that earlier rules or exceptions always come before.",
    ),
    (
        "exception-always-applies",
        "A warning: an exception that holds wherever its rule wins, so the rule's own output never stands.",
    ),
    ("exception-without-effect", "A warning: an exception that gives what would stand without it, of the same source."),
    ("value-never-applies", "A note: a value within a rule or exception that earlier rules have always taken."),
    (
        "class-unclaimed",
        "A class that a layer may hold and that no rule takes up, everywhere or in the regions named; one finding a layer. \
     A warning; a note where the coverage has `unclaimed`.",
    ),
    ("class-never-given", "A note: classes of the legend that no output can be."),
    ("layer-unused", "A warning: a layer that nothing asks for."),
    ("undecided", "A note: a question about a rule that the bounded search did not decide. Never a guess."),
    (
        "area-overlap",
        "Two members of a composite are responsible for one region; a warning where areas are asked of several region layers.",
    ),
    ("area-uncovered", "A warning: a region for which no member of a composite is responsible."),
];

/// Of planning and reading layers.
const LAYERS: [Described; 15] = [
    (
        "off-grid",
        "A layer is not on the grid: another CRS, another resolution, or shifted by more than the tolerance; the message says which.",
    ),
    ("misses-grid", "No file of a layer shares a pixel with the grid."),
    ("not-georeferenced", "A raster does not say where its pixels lie."),
    ("crs-missing", "A file does not say in which CRS it is, nor does the pipeline."),
    ("nodata-missing", "A raster declares no nodata, nor does the pipeline; the message shows the values present."),
    ("static-needed", "One band would speak for several periods, and the pipeline does not say `static: true`."),
    ("missing-period", "A period that a layer speaks for and that has no file or band."),
    ("missing-file", "A file that is not there or cannot be read."),
    (
        "unknown-class",
        "Before pixels are read: a class that the legend lacks or a layer never holds. While they are read: values that a layer may not \
     hold; the message has their counts and first places.",
    ),
    ("unknown-attribute", "A vector has no such attribute."),
    ("territory-key-missing", "A feature of a kind of territories has no key."),
    ("unreadable", "A file begins like one that can be read, and is damaged or is not."),
    ("cache", "The folder for translations of foreign files cannot be written."),
    ("door-failed", "`mutirao-door` is not there, or ended without an answer."),
    (
        "overlap-differs",
        "Files of one layer and period overlap with differing values, and the pipeline does not say `overlap: first` or `last`.",
    ),
];

/// Of `mutirao verify`.
const VERIFY: [Described; 13] = [
    ("verify-manifest", "The manifest is missing or damaged, or contradicts itself or the files."),
    ("verify-file-missing", "A file of the manifest is not there."),
    ("verify-file-changed", "A file has another size or hash than the manifest says."),
    ("verify-file-unlisted", "A file that the manifest does not list."),
    ("verify-file-unreadable", "A file that is listed cannot be read as what it is."),
    ("verify-class", "A class that the legend lacks, or a pixel outside the area that holds something."),
    ("verify-source", "A source that `sources.parquet` lacks or lists twice, or a class without one."),
    ("verify-rule", "A rule, or a part of one, that the pipeline does not have."),
    ("verify-overview", "An overview that is not made of the pixels below it."),
    ("verify-area-row", "A row of `areas.parquet` that differs from the pixels, or is missing."),
    ("verify-areas-csv", "A row of `areas.csv` that differs from `areas.parquet`, or is missing."),
    ("verify-transition-row", "A row of `transitions.parquet` that differs from the pixels, or is missing."),
    ("verify-patch", "A row of `coverage.parquet` that differs from the pixels, or is missing."),
];

/// Hyphenated words of the sources that are no codes.
const NO_CODES: [&str; 9] = [
    "mutirao-door",
    "kebab-case",
    "re-tiling",
    "most-recent",
    "three-dimensional",
    "no-place",
    "areas-csv",
    "cite-as",
    "river-lake-ocean",
];

/// The page: codes that the sources use, by where they come from, each list by name.
pub fn page(root: &Path) -> Result<String, Failure> {
    let used = Literals::read(root, &CRATES)?;
    let unknown = undescribed(&used);
    if !unknown.is_empty() {
        return Err(format!("{}: say what they mean in xtask/src/book/codes.rs", unknown.join(", ")).into());
    }
    let own = |list: &[Described]| {
        list.iter()
            .filter(|(code, _)| used.hold(code))
            .map(|(code, about)| (code.to_string(), about.to_string()))
            .collect::<Vec<_>>()
    };
    let door = refusals(&std::fs::read_to_string(root.join(DOOR))?);
    Ok(title("Codes of findings", ABOUT)
        + &section("Reading a pipeline, its legend and crosswalks", own(&mutirao_pipeline::CODES))
        + &section("The linter: rules and areas", own(&RULES))
        + &section("Planning, and reading layers", own(&LAYERS))
        + &section("The door: files and coordinate systems", door)
        + &section("Verifying a release", own(&VERIFY)))
}

fn section(name: &str, mut codes: Vec<(String, String)>) -> String {
    codes.sort();
    let rows = codes.into_iter().map(|(word, about)| [code(&word), about]);
    format!("\n## {name}\n\n{}", table(["code", "meaning"], rows))
}

/// What may be a code and is described nowhere.
fn undescribed(used: &Literals) -> Vec<&str> {
    let lists = [&mutirao_pipeline::CODES[..], &RULES, &LAYERS, &VERIFY];
    let described = |word: &str| lists.iter().any(|list| list.iter().any(|(code, _)| *code == word));
    used.hyphenated().filter(|word| !described(word) && !NO_CODES.contains(word)).collect()
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
        assert_eq!(
            undescribed(&used),
            none,
            "say what they mean in xtask/src/book/codes.rs, or that they are no codes"
        );
        for code in ["never-wins", "verify-area-row", "undecided", "cache"] {
            assert!(used.hold(code), "{code}");
        }
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
