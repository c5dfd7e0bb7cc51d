//! The commands.

mod accuracy;
mod areas;
mod check;
mod contract;
mod draft;
mod explain;
mod init;
mod lint;
mod patches;
mod plan;
mod run;
mod verify;

pub use accuracy::accuracy;
pub use areas::areas;
pub use check::check;
pub use contract::{calendar as contract_calendar, new as contract_new, pack as contract_pack};
pub use draft::of_tiles;
pub use explain::explain;
pub use init::init;
pub use lint::lint;
pub use patches::patches;
pub use plan::plan;
pub use run::{publish, run};
pub use verify::verify;

mod failure;

pub use failure::{Failure, Stopped};

use serde::Serialize;

use crate::exit::Exit;

/// Prints one JSON object of a command, with its schema first.
pub fn print_json(command: &str, body: impl Serialize) -> Exit {
    #[derive(Serialize)]
    struct Whole<T> {
        schema: String,
        #[serde(flatten)]
        body: T,
    }
    let whole = Whole { schema: format!("mutirao.{command}/1"), body };
    match serde_json::to_string_pretty(&whole) {
        Ok(text) => {
            print_line(&text);
            Exit::Ok
        }
        Err(error) => {
            anstream::eprintln!("internal error, please report: {error}");
            Exit::Internal
        }
    }
}

/// Prints to standard output; a reader that went away is no error.
pub fn print_line(text: &str) {
    use std::io::Write;
    let _ = writeln!(anstream::stdout(), "{text}");
}
