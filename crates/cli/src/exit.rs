//! Exit codes: part of the interface.

use std::process::ExitCode;

use mutirao_engine::EngineError;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Ok = 0,
    /// There are findings that stop a run.
    Findings = 1,
    /// The command line is wrong.
    Usage = 2,
    /// The environment refused: space, permission, a lock, an output that is there already.
    Environment = 4,
    /// A bug of ours.
    Internal = 5,
    /// Interrupted.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// The exit code of an error.
pub fn of_error(error: &EngineError) -> Exit {
    match error {
        EngineError::Findings(_) | EngineError::Input { .. } | EngineError::InputChanged(_) => Exit::Findings,
        EngineError::Io { .. }
        | EngineError::Exists(_)
        | EngineError::NoRelease(_)
        | EngineError::Damaged { .. }
        | EngineError::Locked { .. } => Exit::Environment,
        EngineError::Cancelled => Exit::Interrupted,
        EngineError::Encode(_) | EngineError::Malformed { .. } => Exit::Internal,
    }
}

/// What a person can do about an error.
pub fn help(error: &EngineError) -> Option<&'static str> {
    match error {
        EngineError::Exists(_) => Some("say --overwrite to replace it, or give the pipeline another `version`"),
        EngineError::NoRelease(_) => Some("move it away, or choose another --out: only releases are replaced"),
        EngineError::Damaged { .. } => {
            Some("mend it, or move it away: it is made anew from the releases beside it, but for those withdrawn")
        }
        EngineError::Locked { .. } => Some("wait until it is done"),
        EngineError::InputChanged(_) => Some("run again when nobody writes to it"),
        EngineError::Input { .. } => Some("deliver the file again"),
        EngineError::Io { doing, source, .. } => match source.kind() {
            std::io::ErrorKind::StorageFull => Some("make room, or choose another --out"),
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                Some("choose an --out where you may write")
            }
            std::io::ErrorKind::NotFound if *doing == "read" => Some("see that the path is right"),
            _ if *doing == "read" => None,
            _ => Some("see that the path is right and that you may write there, or choose another --out"),
        },
        EngineError::Encode(_) | EngineError::Malformed { .. } => Some("internal error, please report"),
        EngineError::Findings(_) | EngineError::Cancelled => None,
    }
}
