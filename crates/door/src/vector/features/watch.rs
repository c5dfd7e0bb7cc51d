//! Databases of others, which may hold queries without end. A layer of a GeoPackage may be a view, and a view may count forever: one
//! yields features without end, another none at all, and GDAL has no way to break off. So features are counted, and who reads is
//! watched from another thread.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use mutirao_core::door::{Refusal, RefusalCode};

use crate::OnProgress;

/// How databases of SQLite begin.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// Any file may have as many features as this.
const FEW: u64 = 1_000_000;
/// Without a new feature it is waited at least so long.
const LEAST_S: u64 = 30;
/// And a second more for each of so many bytes of the file: the slowest disk reads more.
const BYTES_A_SECOND: u64 = 10_000_000;
/// A file that is packed becomes at most so many times larger.
const UNPACKED: u64 = 1_032;
/// As much as the first thread of a process has: geometries may be nested deep.
const STACK_BYTES: usize = 8 << 20;

/// What a database that holds its features does not pass.
pub struct Bounds {
    features: u64,
    silence: Duration,
}

impl Bounds {
    /// Those of a file; none where it is no database. `inner` is what GDAL opens of it.
    pub fn of_database(inner: &Path, path: &Path) -> Option<Bounds> {
        let bytes = std::fs::metadata(path).ok()?.len();
        let named = |ending: &std::ffi::OsStr| ["gpkg", "sqlite"].iter().any(|own| ending.eq_ignore_ascii_case(own));
        let is_packed = inner != path && inner.extension().is_some_and(named);
        let mut magic = [0; 16];
        let mut begins =
            || File::open(path).and_then(|mut file| file.read_exact(&mut magic)).is_ok() && magic == *MAGIC;
        let is_database = is_packed || (path.is_file() && begins());
        if !is_database {
            return None;
        }
        let bytes = bytes.saturating_mul(if is_packed { UNPACKED } else { 1 });
        // A row takes a byte at least.
        Some(Bounds { features: bytes.max(FEW), silence: Duration::from_secs(LEAST_S + bytes / BYTES_A_SECOND) })
    }
}

/// Counts features on the way.
pub struct Watch {
    most: u64,
    file: String,
    seen: Arc<AtomicU64>,
}

impl Default for Watch {
    /// Without a bound.
    fn default() -> Watch {
        Watch { most: u64::MAX, file: String::new(), seen: Arc::default() }
    }
}

impl Watch {
    /// Counts a feature.
    ///
    /// # Errors
    /// Where there are more than the file can hold.
    pub fn one_more(&self) -> Result<(), Refusal> {
        if self.seen.fetch_add(1, Ordering::Relaxed) < self.most {
            return Ok(());
        }
        let message =
            format!("{} yields more than {} features, which a file of its size cannot hold", self.file, self.most);
        Err(endless(message))
    }
}

/// What the thread that reads tells.
enum Told<T> {
    Progress(f64, String),
    Done(Result<T, Refusal>),
}

/// Reads in another thread. Where no feature comes for too long the answer is a refusal, and the thread is left to itself: it ends
/// with the process, which opens no other file.
///
/// # Errors
/// Those of `work`, and that there is no end of it.
pub fn watched<T: Send + 'static>(
    bounds: Bounds,
    path: &Path,
    progress: OnProgress<'_>,
    work: impl FnOnce(&Watch, OnProgress<'_>) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let (tell, told) = channel();
    let file = path.display().to_string();
    let watch = Watch { most: bounds.features, file: file.clone(), ..Watch::default() };
    let seen = Arc::clone(&watch.seen);
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || run(&tell, &watch, work));
    let thread = thread.map_err(|error| {
        Refusal::new(RefusalCode::NotReadable, format!("{file} cannot be read: {error}"), "free some memory")
    })?;
    let mut before = 0;
    loop {
        match told.recv_timeout(bounds.silence) {
            Ok(Told::Progress(done, what)) => progress(done, &what),
            Ok(Told::Done(result)) => return result,
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) if seen.load(Ordering::Relaxed) == before => {
                let seconds = bounds.silence.as_secs();
                return Err(endless(format!("{file} yields no feature within {seconds} seconds")));
            }
            Err(RecvTimeoutError::Timeout) => before = seen.load(Ordering::Relaxed),
        }
    }
    match thread.join() {
        Err(panic) => std::panic::resume_unwind(panic),
        Ok(()) => Err(Refusal::new(RefusalCode::DoorPanicked, format!("{file} was not read"), "please report it")),
    }
}

fn run<T>(tell: &Sender<Told<T>>, watch: &Watch, work: impl FnOnce(&Watch, OnProgress<'_>) -> Result<T, Refusal>) {
    // Nobody listens any more once it took too long.
    let mut progress = |done: f64, what: &str| drop(tell.send(Told::Progress(done, what.to_owned())));
    let result = work(watch, &mut progress);
    drop(tell.send(Told::Done(result)));
}

fn endless(message: String) -> Refusal {
    let mend = "its layer is a query (a view) that may have no end; deliver its result as a table";
    Refusal::new(RefusalCode::NotReadable, message, mend)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(silence: u64, work: impl FnOnce(&Watch) -> Result<u64, Refusal> + Send + 'static) -> Result<u64, Refusal> {
        let bounds = Bounds { features: 1_000, silence: Duration::from_millis(silence) };
        watched(bounds, Path::new("in.gpkg"), &mut |_, _| {}, move |watch, _| work(watch))
    }

    fn features(watch: &Watch, count: u64) -> Result<u64, Refusal> {
        (0..count).try_for_each(|_| watch.one_more()).map(|()| count)
    }

    #[test]
    fn what_ends_is_read() {
        assert_eq!(read(600_000, |watch| features(watch, 1_000)), Ok(1_000));
    }

    #[test]
    fn what_has_no_end_is_refused() {
        let many = read(600_000, |watch| features(watch, u64::MAX)).expect_err("endless");
        assert!(many.message.starts_with("in.gpkg yields more than 1000 features"), "{many}");
        let none = read(50, |_| {
            loop {
                std::thread::park();
            }
        });
        assert!(none.expect_err("endless").message.contains("no feature within"));
    }

    #[test]
    fn a_bug_of_the_reader_is_a_bug() {
        let bug = std::panic::catch_unwind(|| read(600_000, |_| panic!("a bug")));
        assert!(bug.is_err());
    }
}
