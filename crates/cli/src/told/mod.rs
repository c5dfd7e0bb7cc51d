//! A judgement told to programs elsewhere: JUnit for CI, SARIF for the pages of code hosts, pictures for the eyes.

mod junit;
mod picture;
mod sarif;

use std::io::Write;
use std::path::Path;

use mutirao_check::Report;
use mutirao_engine::EngineError;

use crate::{
    args::CheckArgs,
    command::{Failure, print_line},
    coverage::Target,
    exit::Exit,
};

pub use picture::{Drawn, draw};

/// The files that are asked for, begun: where one cannot be written, nothing is read for it.
pub struct Tellings {
    junit: Option<Telling>,
    sarif: Option<Telling>,
}

/// Where a text goes.
enum Telling {
    StandardOutput,
    File(Target),
}

impl Tellings {
    /// Begins the files; those that are there will be replaced.
    ///
    /// # Errors
    /// Where a file cannot be made, or standard output is asked for twice.
    pub fn begin(args: &CheckArgs, json: bool) -> Result<Tellings, Failure> {
        let is_stdout = |path: &Option<std::path::PathBuf>| path.as_deref() == Some(Path::new("-"));
        let on_stdout = [json, is_stdout(&args.junit), is_stdout(&args.sarif)];
        if on_stdout.iter().filter(|is_it| **is_it).count() > 1 {
            let help = "give --junit or --sarif a file instead of -";
            return Err(Failure::usage("standard output can hold only one of --json, --junit and --sarif", help));
        }
        let begin = |path: &Option<std::path::PathBuf>, option| match path {
            None => Ok(None),
            Some(_) if is_stdout(path) => Ok(Some(Telling::StandardOutput)),
            Some(path) => Target::begin(path, true)
                .map(|target| Some(Telling::File(target)))
                .map_err(|failure| of_option(failure, option)),
        };
        Ok(Tellings { junit: begin(&args.junit, "--junit")?, sarif: begin(&args.sarif, "--sarif")? })
    }

    /// Writes them.
    ///
    /// # Errors
    /// Where a file cannot be written; then it is as it was.
    pub fn write(self, report: &Report) -> Result<(), Failure> {
        if let Some(telling) = self.junit {
            telling.write(&junit::text(report)).map_err(|failure| of_option(failure, "--junit"))?;
        }
        if let Some(telling) = self.sarif {
            telling.write(&sarif::text(report)).map_err(|failure| of_option(failure, "--sarif"))?;
        }
        Ok(())
    }
}

/// An output that cannot be written, with the option that named it.
pub fn of_option(failure: Failure, option: &str) -> Failure {
    if failure.exit != Exit::Environment {
        return failure;
    }
    let help = format!("see that its folder is there, has room and may be written, or give {option} another path");
    Failure { help: Some(help), ..failure }
}

impl Telling {
    fn write(self, text: &str) -> Result<(), Failure> {
        match self {
            Telling::StandardOutput => print_line(text.trim_end()),
            Telling::File(target) => {
                let path = target.file().to_owned();
                let written = std::fs::File::create(&path).and_then(|mut file| file.write_all(text.as_bytes()));
                written.map_err(|error| Failure::of(&EngineError::io("write", &path)(error)))?;
                target.finish()?;
            }
        }
        Ok(())
    }
}
