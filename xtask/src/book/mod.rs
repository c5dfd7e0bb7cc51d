//! The reference of the book, `book/src/reference/`: what the code says about itself, as Markdown.
//!
//! Keys and codes of pipelines come from `mutirao_pipeline`, those of contracts from `mutirao_contract`; columns and exit codes from the comments of the types that
//! write them; commands from the snapshots of their help, which the command line's own tests keep true. So nothing has to be
//! run, and `xtask` need not know the command line.

mod codes;
mod columns;
mod commands;
mod contract;
mod exits;
mod keys;
mod literals;
mod markdown;
mod meanings;

use std::path::Path;

use crate::Failure;

/// Where the reference is kept, from the root of the project.
const KEPT: &str = "book/src/reference";

/// Writes the reference, or compares with what is kept.
pub fn run(root: &Path, check: bool) -> Result<(), Failure> {
    if !check {
        std::fs::create_dir_all(root.join(KEPT))?;
        for (name, text) in pages(root)? {
            std::fs::write(root.join(KEPT).join(name), text)?;
        }
        return Ok(());
    }
    let stale = stale(root)?;
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!("{KEPT}: {} not what the code says; write with: cargo xtask book", stale.join(", ")).into())
}

/// Every page: its file name and its text.
fn pages(root: &Path) -> Result<Vec<(&'static str, String)>, Failure> {
    Ok(vec![
        ("pipeline.md", keys::page()),
        ("contract.md", contract::page()),
        ("findings.md", codes::page(root)?),
        ("columns.md", columns::page(root)?),
        ("commands.md", commands::page(root)?),
        ("exit-codes.md", exits::page(root)?),
    ])
}

/// The pages that differ from what is kept, or are missing.
fn stale(root: &Path) -> Result<Vec<&'static str>, Failure> {
    let kept = |name: &str| std::fs::read_to_string(root.join(KEPT).join(name)).unwrap_or_default();
    Ok(pages(root)?.into_iter().filter(|(name, text)| kept(name) != *text).map(|(name, _)| name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `BLESS=1` writes what is stale.
    #[test]
    fn the_reference_is_what_the_code_says() {
        let root = crate::root();
        if std::env::var_os("BLESS").is_some() {
            run(&root, false).unwrap();
        }
        let none: [&str; 0] = [];
        assert_eq!(stale(&root).unwrap(), none, "write them with: cargo xtask book");
    }
}
