//! The client of `mutirao-door`: starts it as a child, asks typed questions, reads typed answers.
//!
//! Starting it costs more than most answers (GDAL brings many libraries), so one child answers all questions about CRSs. No child opens
//! more than one file, and it ends with that: what a file does to it is of no concern to other questions.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

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
    /// The child that waits for the next question about CRSs.
    at_hand: Mutex<Option<Session>>,
    /// Answers without files, by question.
    known: Mutex<HashMap<String, Answer>>,
    /// Whether it was asked in vain, because it, or GDAL, is not on this machine.
    is_missing: AtomicBool,
}

/// How a program ends whose libraries are not found.
const NO_LIBRARIES: i32 = 127;

impl Door {
    /// A client. The door stands beside this program, or is found by `MUTIRAO_DOOR` or in the path.
    ///
    /// # Errors
    /// Where no folder for its numbers can be made.
    pub fn new(observer: Arc<dyn Observer>) -> std::io::Result<Self> {
        let scratch = tempfile::Builder::new().prefix("mutirao-").tempdir()?;
        Ok(Door {
            program: program(),
            scratch,
            observer,
            at_hand: Mutex::default(),
            known: Mutex::default(),
            is_missing: AtomicBool::new(false),
        })
    }

    /// Whether it was asked in vain, because it, or GDAL, is not on this machine.
    pub fn is_missing(&self) -> bool {
        self.is_missing.load(Ordering::Relaxed)
    }

    /// Lets the child go that waits for questions; the next one is asked of another.
    pub fn rest(&self) {
        drop(self.at_hand.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    fn ask_child(&self, question: &Question) -> Result<Answer, Refused> {
        let mut at_hand = self.at_hand.lock().unwrap_or_else(PoisonError::into_inner);
        let mut session = match at_hand.take() {
            Some(session) => session,
            None => Session::start(&self.program).map_err(|error| {
                self.is_missing.store(true, Ordering::Relaxed);
                self.broken(format!("cannot be started: {error}"))
            })?,
        };
        match session.ask(question, &*self.observer) {
            Some(answer) => {
                if !question.opens_a_file() {
                    *at_hand = Some(session);
                }
                answer
            }
            None => {
                let status = session.end().map_err(|error| self.broken(error.to_string()))?;
                if status.code() == Some(NO_LIBRARIES) {
                    self.is_missing.store(true, Ordering::Relaxed);
                }
                Err(self.broken(format!("ended without an answer ({status})")))
            }
        }
    }

    fn broken(&self, what: String) -> Refused {
        Refused {
            code: "door-failed".into(),
            message: format!("{}: {what}", self.program.display()),
            mend: "it needs libgdal; see the README on how it is installed".into(),
        }
    }
}

/// A child that answers one question after the other.
struct Session {
    child: Child,
    /// Closed, that the child ends.
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Session {
    fn start(program: &Path) -> std::io::Result<Self> {
        let mut child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let answers = child.stdout.take().ok_or(std::io::ErrorKind::BrokenPipe)?;
        Ok(Session { questions: child.stdin.take(), answers: BufReader::new(answers), child })
    }

    /// None where the child went without an answer, or said what is none.
    fn ask(&mut self, question: &Question, observer: &dyn Observer) -> Option<Result<Answer, Refused>> {
        let mut request = serde_json::to_string(&Request::new(question.clone())).ok()?;
        request.push('\n');
        // A door that died before reading shows in its answer.
        let _ = self.questions.as_mut()?.write_all(request.as_bytes());
        if question.opens_a_file() {
            self.questions = None;
        }
        listen(&mut self.answers, observer)
    }

    fn end(&mut self) -> std::io::Result<ExitStatus> {
        self.questions = None;
        self.child.wait()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // It was answered, or what failed was told.
        let _ = self.end();
    }
}

/// Listens to the end of an answer.
fn listen(answers: &mut impl BufRead, observer: &dyn Observer) -> Option<Result<Answer, Refused>> {
    let mut begun = 0u64;
    let mut line = String::new();
    let last = loop {
        line.clear();
        if answers.read_line(&mut line).ok()? == 0 {
            break None;
        }
        match serde_json::from_str::<Line>(&line) {
            Ok(Line::Progress(progress)) => {
                let done = (progress.done * 1000.0) as u64;
                if begun == 0 {
                    observer.event(Event::Begin { what: &progress.what, units: Some(1000) });
                    begun = 1;
                }
                observer.event(Event::Advance((done + 1).saturating_sub(begun)));
                begun = begun.max(done + 1);
            }
            Ok(Line::Answer(answer)) => break Some(Ok(answer)),
            Ok(Line::Refusal(refusal)) => break Some(Err(refusal.into())),
            Err(_) => break None,
        }
    };
    if begun > 0 {
        observer.event(Event::End);
    }
    last
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

#[cfg(test)]
impl Door {
    /// A client of a program elsewhere.
    pub fn of_program(program: PathBuf, observer: Arc<dyn Observer>) -> std::io::Result<Self> {
        Ok(Door { program, ..Door::new(observer)? })
    }
}
