//! The words that stand as literals in the sources, such as `"a-b"`: codes of findings among them.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use crate::Failure;

/// Every lower-case word, hyphens allowed, that is a literal in the sources of some crates, tests left out.
pub struct Literals {
    words: BTreeSet<String>,
}

impl Literals {
    /// Reads the sources of crates, by the names of their folders.
    pub fn read(root: &Path, crates: &[&str]) -> Result<Literals, Failure> {
        let mut words = BTreeSet::new();
        for name in crates {
            for file in sources(&root.join("crates").join(name).join("src"))? {
                words.extend(words_of(&std::fs::read_to_string(file)?));
            }
        }
        Ok(Literals { words })
    }

    /// Whether a word stands somewhere.
    pub fn hold(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    /// Those with a hyphen.
    pub fn hyphenated(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str).filter(|word| word.contains('-'))
    }
}

/// All Rust files below a folder, without those that hold tests only.
fn sources(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_owned();
        if path.is_dir() {
            files.extend(if name == "tests" { Vec::new() } else { sources(&path)? });
        } else if name != "tests" && path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(files)
}

fn words_of(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split('"').skip(1).step_by(2)).filter(|word| is_kebab(word)).map(str::to_owned).collect()
}

fn is_kebab(word: &str) -> bool {
    let part =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    word.starts_with(|first: char| first.is_ascii_lowercase()) && word.split('-').all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_of_the_code_are_read() {
        let source = "// \"no-word\"\nfind(\"off-grid\", \"Two words\"); x(\"cache\")\n#[cfg(test)]\nmod tests { \"in-test\" }\n";
        assert_eq!(words_of(source), ["off-grid", "cache"]);
    }
}
