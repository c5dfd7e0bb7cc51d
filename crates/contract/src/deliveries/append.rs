//! Adding to `deliveries.csv` so that a reader sees the old file or the new one, never half a line, and no writer's line is lost.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use mutirao_core::finding::Finding;

use super::{COLUMNS, Delivery, read_lines};

/// Why deliveries were not added. The file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// A file could not be read or written.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// What is in the file is not what belongs there.
    #[error("{}: {} of its lines cannot be read", path.display(), findings.len())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        findings: Vec<Finding>,
    },
    /// A delivery cannot be written so that it is read back the same.
    #[error("the delivery of {} {} cannot be written down: {}", delivery.layer, delivery.version, findings.first().map_or("its fields do not come back", |finding| &finding.message))]
    Unwritable {
        /// The delivery.
        delivery: Box<Delivery>,
        /// What is wrong with it.
        findings: Vec<Finding>,
    },
}

/// Adds lines to the end of a file, which is made with its header if it is not there. Further columns that somebody added stay
/// empty in new lines. A lock beside the file (`.deliveries.csv.lock`) makes writers wait for each other.
///
/// # Errors
/// [`AppendError`]; the file is then as it was.
pub fn append(path: &Path, deliveries: &[Delivery]) -> Result<(), AppendError> {
    append_by(path, |_| deliveries.to_vec()).map(|_| ())
}

/// As [`append`], with the lines that `choose` makes of those that are there: no other writer adds any between the two. Where it makes
/// none, nothing is written. The lines that were added.
///
/// # Errors
/// As of [`append`].
pub fn append_by(path: &Path, choose: impl FnOnce(&[Delivery]) -> Vec<Delivery>) -> Result<Vec<Delivery>, AppendError> {
    // What a link names is written, and the link stays.
    let linked = path.is_symlink().then(|| path.canonicalize().ok()).flatten();
    let path = linked.as_deref().unwrap_or(path);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |at: &Path| {
        let path = at.to_owned();
        move |error| AppendError::Io { path, error }
    };
    let lock = lock_path(path, folder);
    let guard = lock_file(&lock).map_err(failed(&lock))?;
    guard.lock().map_err(failed(&lock))?;
    let old = match std::fs::read_to_string(path) {
        Ok(old) => old,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(failed(path)(error)),
    };
    let known = known(&old, path)?;
    let deliveries = choose(&known);
    deliveries.iter().try_for_each(check)?;
    if !deliveries.is_empty() {
        write_whole(path, folder, &with(&old, &deliveries)).map_err(failed(path))?;
    }
    Ok(deliveries)
}

/// What a text holds; nothing where there is none yet.
fn known(old: &str, path: &Path) -> Result<Vec<Delivery>, AppendError> {
    let old = old.trim_start_matches('\u{feff}');
    if old.trim().is_empty() {
        return Ok(Vec::new());
    }
    let read = read_lines(&path.display().to_string(), old);
    match read.findings.is_empty() {
        true => Ok(read.deliveries),
        false => Err(AppendError::Broken { path: path.to_owned(), findings: read.findings }),
    }
}

fn lock_path(path: &Path, folder: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    folder.join(format!(".{name}.lock"))
}

/// A lock that another person of the group made can be taken, though not written to.
fn lock_file(path: &Path) -> io::Result<File> {
    let made = OpenOptions::new().create(true).truncate(false).write(true).open(path);
    made.or_else(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => File::open(path).map_err(|_| error),
        _ => Err(error),
    })
}

/// A delivery must come back as it was: fields are trimmed when they are read.
fn check(delivery: &Delivery) -> Result<(), AppendError> {
    let header: Vec<String> = COLUMNS.iter().map(|column| (*column).to_owned()).collect();
    let back = read_lines("deliveries.csv", &format!("{}{}", line(&header), line(&fields(&header, delivery))));
    match back.deliveries == [delivery.clone()] && back.findings.is_empty() {
        true => Ok(()),
        false => {
            let (delivery, findings) = (Box::new(delivery.clone()), back.findings);
            Err(AppendError::Unwritable { delivery, findings })
        }
    }
}

/// The text with further lines.
fn with(old: &str, deliveries: &[Delivery]) -> String {
    let header: Vec<String> = COLUMNS.iter().map(|column| (*column).to_owned()).collect();
    let (mut text, header) = match old.trim_start_matches('\u{feff}').trim().is_empty() {
        true => (line(&header), header),
        false => (old.to_owned(), columns_of(old)),
    };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    deliveries.iter().for_each(|delivery| text.push_str(&line(&fields(&header, delivery))));
    text
}

fn columns_of(text: &str) -> Vec<String> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let first = reader.records().next().and_then(Result::ok).unwrap_or_default();
    first.iter().map(|field| field.trim().to_owned()).collect()
}

fn fields(header: &[String], delivery: &Delivery) -> Vec<String> {
    let of = |column: &String| match column.as_str() {
        "layer" => delivery.layer.clone(),
        "period" => delivery.period.clone(),
        "partner" => delivery.partner.clone(),
        "version" => delivery.version.clone(),
        "delivered_at" => delivery.written_at.clone(),
        "sha256" => delivery.sha256.clone(),
        "verdict" => delivery.verdict.word().to_owned(),
        "state" => delivery.state.map(|state| state.word().to_owned()).unwrap_or_default(),
        _ => String::new(),
    };
    header.iter().map(of).collect()
}

/// A line of CSV.
fn line(fields: &[String]) -> String {
    let quoted = |field: &String| match field.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field.clone(),
    };
    let mut line = fields.iter().map(quoted).collect::<Vec<_>>().join(",");
    line.push('\n');
    line
}

/// Writes a file beside, down to the disk, and puts it in the place of the old one.
fn write_whole(path: &Path, folder: &Path, text: &str) -> io::Result<()> {
    let mut beside = tempfile::Builder::new().prefix(".deliveries").tempfile_in(folder)?;
    beside.write_all(text.as_bytes())?;
    if let Ok(facts) = std::fs::metadata(path) {
        beside.as_file().set_permissions(facts.permissions())?;
    } else {
        readable(beside.as_file())?;
    }
    beside.as_file().sync_all()?;
    beside.persist(path).map_err(|error| error.error)?;
    sync_folder(folder)
}

/// A new file is for all to read, as any other that a program makes; temporary ones are not.
#[cfg(unix)]
fn readable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_file: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
