//! How right a coverage is by sample points: `mutirao accuracy`.
//!
//! Points are read (`samples`), laid onto the pixels of each period (`place`), joined with the strata that they were drawn from
//! (`population`), and handed to `mutirao-accuracy`, which estimates; `words` and `rows` show what comes of it.

mod place;
mod population;
mod rows;
mod samples;
mod strata;
mod survey;
mod terms;
mod words;

use std::path::Path;

use mutirao_core::finding::Finding;

use crate::{
    command::{Failure, Stopped},
    exit::Exit,
};

pub use population::strata_table;
pub use rows::csv_into;
pub use samples::{Row, Samples, Wanted, read as read_samples};
pub use survey::{Report, survey};
pub use words::words;

impl Stopped {
    /// Because of what was found in a file.
    fn found(path: &Path, findings: Vec<Finding>, text: Option<String>) -> Self {
        let failure = Failure {
            error: format!("{} is not in order", path.display()),
            help: Some("mend what is told above; nothing was estimated".to_owned()),
            exit: Exit::Findings,
        };
        let texts = text.map(|text| (path.display().to_string(), text)).into_iter().collect();
        Stopped { failure, findings, texts }
    }

    /// Because the data do not go together.
    fn data(error: impl Into<String>, help: &str) -> Self {
        Failure { error: error.into(), help: Some(help.to_owned()), exit: Exit::Findings }.into()
    }
}
