//! The client of `mutirao-door`: starts it as a child, asks one typed question, reads one typed answer.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use mutirao_core::{
    door::{Answer, Line, Question, Request},
    sink::{Event, Observer},
};
use mutirao_engine::plan::{Oracle, Refused};

/// Asks the door.
pub struct Door {
    program: PathBuf,
    scratch: tempfile::TempDir,
    observer: Arc<dyn Observer>,
    /// Answers without files, by question.
    known: Mutex<HashMap<String, Answer>>,
}

impl Door {
    /// A client. The door stands beside this program, or is found by `MUTIRAO_DOOR` or in the path.
    ///
    /// # Errors
    /// Where no folder for its numbers can be made.
    pub fn new(observer: Arc<dyn Observer>) -> std::io::Result<Self> {
        let scratch = tempfile::Builder::new().prefix("mutirao-").tempdir()?;
        Ok(Door { program: program(), scratch, observer, known: Mutex::default() })
    }

    fn ask_child(&self, question: &Question) -> Result<Answer, Refused> {
        let broken = |what: String| Refused {
            code: "door-failed".into(),
            message: format!("{}: {what}", self.program.display()),
            mend: "it needs libgdal; see the README on how it is installed".into(),
        };
        let mut child = Command::new(&self.program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| broken(format!("cannot be started: {error}")))?;
        let request =
            serde_json::to_string(&Request::new(question.clone())).map_err(|error| broken(error.to_string()))?;
        if let Some(mut stdin) = child.stdin.take() {
            // A door that died before reading shows in its answer.
            let _ = stdin.write_all(request.as_bytes());
        }
        let answer = child.stdout.take().map(|stdout| self.listen(BufReader::new(stdout)));
        let status = child.wait().map_err(|error| broken(error.to_string()))?;
        match answer.flatten() {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(refused)) => Err(refused),
            None => Err(broken(format!("ended without an answer ({status})"))),
        }
    }

    fn listen(&self, lines: impl BufRead) -> Option<Result<Answer, Refused>> {
        let mut begun = 0u64;
        let mut last = None;
        for line in lines.lines() {
            match serde_json::from_str::<Line>(&line.ok()?) {
                Ok(Line::Progress(progress)) => {
                    let done = (progress.done * 1000.0) as u64;
                    if begun == 0 {
                        self.observer.event(Event::Begin { what: &progress.what, units: Some(1000) });
                        begun = 1;
                    }
                    self.observer.event(Event::Advance((done + 1).saturating_sub(begun)));
                    begun = begun.max(done + 1);
                }
                Ok(Line::Answer(answer)) => last = Some(Ok(answer)),
                Ok(Line::Refusal(refusal)) => last = Some(Err(refusal.into())),
                Err(_) => return None,
            }
        }
        if begun > 0 {
            self.observer.event(Event::End);
        }
        last
    }
}

fn program() -> PathBuf {
    if let Some(given) = std::env::var_os("MUTIRAO_DOOR") {
        return given.into();
    }
    let beside = std::env::current_exe().ok().and_then(|own| Some(own.parent()?.join("mutirao-door")));
    beside.filter(|path| path.exists()).unwrap_or_else(|| PathBuf::from("mutirao-door"))
}

impl Oracle for Door {
    fn ask(&self, question: Question) -> Result<Answer, Refused> {
        let plain = matches!(question, Question::Crs { .. } | Question::SameCrs { .. });
        let key = format!("{question:?}");
        if plain && let Some(answer) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(answer.clone());
        }
        let answer = self.ask_child(&question)?;
        if plain {
            self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, answer.clone());
        }
        Ok(answer)
    }

    fn scratch(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }
}

/// Where translations are kept if nobody says otherwise.
pub fn default_cache() -> PathBuf {
    let of = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = of("XDG_CACHE_HOME").or_else(|| Some(of("HOME")?.join(".cache"))).unwrap_or_else(std::env::temp_dir);
    Path::new(&base).join("mutirao")
}
