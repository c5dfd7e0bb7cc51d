//! What stopped a command, as words or as its one JSON object.

use std::collections::BTreeMap;

use mutirao_core::finding::Finding;
use mutirao_engine::EngineError;
use serde::Serialize;

use crate::{
    command::print_json,
    exit::{Exit, help, of_error},
    show::findings::tell,
};

/// Why a command failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What happened, and where.
    pub error: String,
    /// How to mend it.
    pub help: Option<String>,
    /// How the command ends.
    pub exit: Exit,
}

#[derive(Serialize)]
struct Body<'a> {
    verdict: &'static str,
    error: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    findings: &'a [Finding],
}

impl Failure {
    /// Of an error, with its own exit code and help.
    pub fn of(error: &EngineError) -> Self {
        Failure { error: error.to_string(), help: help(error).map(str::to_owned), exit: of_error(error) }
    }

    /// A command line that asks for what there is not.
    pub fn usage(error: impl Into<String>, help: impl Into<String>) -> Self {
        Failure { error: error.into(), help: Some(help.into()), exit: Exit::Usage }
    }

    /// Tells it, after findings that led to it and have not been told.
    pub fn tell(&self, command: &str, findings: &[Finding], texts: &BTreeMap<String, String>, json: bool) -> Exit {
        self.tell_as((command, "failed"), findings, texts, json)
    }

    /// The same of a command that has a verdict of its own for it.
    pub fn tell_as(
        &self,
        (command, verdict): (&str, &'static str),
        findings: &[Finding],
        texts: &BTreeMap<String, String>,
        json: bool,
    ) -> Exit {
        let Failure { error, help, exit } = self;
        if json {
            print_json(command, Body { verdict, error, help: help.as_deref(), findings });
        } else {
            tell(findings, texts);
            anstream::eprintln!("error: {error}");
            if let Some(help) = help {
                anstream::eprintln!("  help: {help}");
            }
        }
        *exit
    }

    /// Tells it without findings.
    pub fn tell_alone(&self, command: &str, json: bool) -> Exit {
        self.tell(command, &[], &BTreeMap::new(), json)
    }
}

/// What stopped a command that reads files, and what was found in them on the way.
#[derive(Debug)]
pub struct Stopped {
    /// What stopped it.
    pub failure: Failure,
    /// What is wrong with the files.
    pub findings: Vec<Finding>,
    /// The texts in which it is wrong, by file.
    pub texts: BTreeMap<String, String>,
}

impl Stopped {
    /// What stopped it, in one sentence: the first finding, or else the failure.
    pub fn words(&self) -> String {
        self.findings.first().map_or_else(|| self.failure.error.clone(), |finding| finding.message.clone())
    }
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Stopped { failure, findings: Vec::new(), texts: BTreeMap::new() }
    }
}

impl From<EngineError> for Stopped {
    fn from(error: EngineError) -> Self {
        Failure::of(&error).into()
    }
}
