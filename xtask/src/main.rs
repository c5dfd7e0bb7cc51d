//! Chores of the project: `cargo xtask fixtures`, `cargo xtask schema`, `cargo xtask book`, `cargo xtask dependencies`.
//!
//! All but the last write what is kept in the repository; with `--check` they compare instead, and fail where it differs.
#![forbid(unsafe_code)]

mod book;
mod dependencies;
mod fixtures;
mod schema;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

/// Any failure of a chore; its text is for the developer who called it.
type Failure = Box<dyn std::error::Error>;

#[derive(Parser)]
#[command(about = "Chores of the project")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Write the book's reference, book/src/reference, from the code.
    Book {
        /// Compare with the kept pages instead of writing.
        #[arg(long)]
        check: bool,
    },
    /// Check that dependencies between the crates run one way.
    Dependencies,
    /// Write the demo network's inputs, fixtures/demo: always the same pixels.
    Fixtures {
        /// Compare with the kept files, pixel by pixel, instead of writing.
        #[arg(long)]
        check: bool,
    },
    /// Write schemas/*.schema.json from the code that reads pipelines and contracts.
    Schema {
        /// Compare with the kept files instead of writing.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().chore {
        Chore::Book { check } => book::run(&root(), check),
        Chore::Dependencies => dependencies::run(),
        Chore::Fixtures { check } => fixtures::run(&root(), check),
        Chore::Schema { check } => schema::run(&root(), check),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the project: where the workspace's `Cargo.toml` stands.
fn root() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root
}
