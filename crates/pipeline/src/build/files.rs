//! Files of the network's folder: the small ones read whole and kept, the large ones found.

use std::{
    collections::{BTreeMap, HashMap},
    io::Read,
    path::{Path, PathBuf},
};

use mutirao_core::{crosswalk::Crosswalk, finding::Finding, legend::Legend};

use crate::{
    NamedContract,
    sink::{Scope, Sink},
    suggest::closest,
    yaml::{Node, Spot},
};

/// Larger text files are refused.
const MAX_TEXT: u64 = 16 << 20;

/// What was read besides the pipeline itself.
pub(crate) struct Files {
    /// The folder that relative paths count from.
    pub folder: PathBuf,
    /// The texts by the name they have in findings.
    pub sources: BTreeMap<String, String>,
    /// Findings in these files.
    pub findings: Vec<Finding>,
    /// Crosswalks read so far, by whether they lead to the legend; none where one is broken.
    pub crosswalks: HashMap<(PathBuf, bool), Option<Crosswalk>>,
    /// Contracts that are named and there.
    pub contracts: Vec<NamedContract>,
    /// The legend, if it could be read.
    pub legend: Option<Legend>,
    /// Versions taken instead of those that the pipeline names, by `layer` or `layer/member`.
    pub versions: BTreeMap<String, String>,
}

impl Files {
    pub fn new(folder: PathBuf, versions: BTreeMap<String, String>) -> Self {
        Files {
            folder,
            versions,
            sources: BTreeMap::new(),
            findings: Vec::new(),
            crosswalks: HashMap::new(),
            contracts: Vec::new(),
            legend: None,
        }
    }

    /// The path that a text names, if something is there; else that is reported.
    pub fn locate(&self, node: &Node, sink: &mut Sink) -> Option<PathBuf> {
        let text = node.text()?;
        let path = self.folder.join(text);
        if path.exists() {
            return Some(path);
        }
        missing_file(text, &path, node.spot, sink);
        None
    }

    /// The whole text of a file, without a byte order mark.
    pub fn text(&mut self, path: &Path, node: &Node, sink: &mut Sink) -> Option<String> {
        match read_text(path) {
            Ok(text) => {
                self.sources.insert(path.display().to_string(), text.clone());
                Some(text)
            }
            Err(message) => {
                let message = format!("`{}` cannot be read: {message}", node.text().unwrap_or_default());
                sink.error("missing-file", node.spot, message, "give a readable text file in UTF-8");
                None
            }
        }
    }

    /// Reads another file with a sink of its own, about the same layer.
    pub fn aside<T>(&mut self, path: &Path, scope: &Scope, read: impl FnOnce(&mut Sink) -> T) -> T {
        let mut sink = Sink::new(path.display().to_string());
        sink.scope = scope.clone();
        let result = read(&mut sink);
        self.findings.append(&mut sink.findings);
        result
    }
}

/// Why a text file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// In a sentence.
    pub message: String,
    /// The first letter that is none, of a file that is there and is no text in UTF-8.
    pub spot: Option<Spot>,
}

/// Reads a text file of bounded size; the error is a sentence.
pub fn read_text(path: &Path) -> Result<String, String> {
    read_utf8(path).map_err(|unreadable| unreadable.message)
}

/// As [`read_text`]; the error says where, if it is at one place of the text.
///
/// # Errors
/// What cannot be opened, is too large, or is not UTF-8.
pub fn read_utf8(path: &Path) -> Result<String, Unreadable> {
    let bytes = read_bytes(path).map_err(|message| Unreadable { message, spot: None })?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let spot = end_of(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
        Unreadable { message: format!("line {} is not UTF-8", spot.line), spot: Some(spot) }
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Where a text that begins with these bytes goes on.
fn end_of(good: &[u8]) -> Spot {
    let good = String::from_utf8_lossy(good);
    let good = good.strip_prefix('\u{feff}').unwrap_or(&good);
    let last = good.rsplit('\n').next().unwrap_or_default();
    Spot { line: good.matches('\n').count() as u32 + 1, column: last.chars().count() as u32 + 1 }
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, String> {
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    if file.metadata().is_ok_and(|facts| facts.is_dir()) {
        return Err("it is a folder".to_owned());
    }
    let mut bytes = Vec::new();
    file.take(MAX_TEXT + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > MAX_TEXT {
        return Err(format!("it is larger than {} MiB", MAX_TEXT >> 20));
    }
    Ok(bytes)
}

/// Reports a file that is not there, with the closest name in its folder.
pub fn missing_file(named: &str, path: &Path, at: Spot, sink: &mut Sink) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let wanted = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    // A thousand names are enough to find a misspelling.
    let names: Vec<String> = std::fs::read_dir(folder)
        .map(|entries| entries.flatten().take(1000).filter_map(|entry| entry.file_name().into_string().ok()).collect())
        .unwrap_or_default();
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.sort_unstable();
    let (hint, mend) = match closest(wanted, names.iter().copied()) {
        _ if named.contains("://") => (String::new(), "give a file of this machine; addresses are not read".to_owned()),
        Some(name) => (format!("; did you mean \"{name}\"?"), format!("its folder has {name}")),
        None if !folder.is_dir() => (String::new(), format!("there is no folder {}", folder.display())),
        None => (String::new(), "put it there, or correct the path; paths count from the pipeline's folder".to_owned()),
    };
    sink.error("missing-file", at, format!("`{named}` is not there{hint}"), mend);
}
