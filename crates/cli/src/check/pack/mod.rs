//! A pack: an agreement in one zip file, with all that a partner needs to check a delivery.

mod contents;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Component, Path, PathBuf};

use mutirao_check::{Report, Where};
use mutirao_core::{
    finding::{Finding, Where as FoundWhere},
    grid::Grid,
};
use mutirao_pipeline::text::read_text;
use tempfile::TempDir;
use zip::{ZipArchive, result::ZipError};

pub use self::contents::{GRID, LAYER, polygons};
use self::contents::{PackedLayer, grid_of, layer_of};
use crate::{
    command::{Failure, Stopped},
    exit::Exit,
};

/// More entries than this no pack has.
const MOST_ENTRIES: usize = 10_000;

/// More bytes than this no pack holds unpacked.
const MOST_BYTES: u64 = 1 << 30;

/// An opened pack. Its files are there for as long as it is.
pub struct Pack {
    folder: TempDir,
    /// Where in it the pack begins: of a pack that somebody unpacked and zipped again, its one folder.
    root: PathBuf,
    /// The zip file, as it was named.
    name: String,
    /// The contract's place in it.
    contract: String,
    grid: Option<Grid>,
    layer: PackedLayer,
}

impl Pack {
    /// Whether a file is a pack by its name.
    pub fn is_one(path: &Path) -> bool {
        path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"))
    }

    /// Unpacks a pack. Nothing is written but within a new folder of its own.
    ///
    /// # Errors
    /// Where it is no pack, or one that nobody should unpack.
    pub fn open(path: &Path) -> Result<Pack, Failure> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|error| wrong(&name, &format!("cannot be opened: {error}")))?;
        let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| unzipped(&name, &error))?;
        if archive.len() > MOST_ENTRIES {
            return Err(wrong(&name, &format!("has {} entries; no pack has that many", archive.len())));
        }
        let folder = tempfile::Builder::new().prefix("mutirao-pack-").tempdir();
        let folder = folder.map_err(|error| no_room(&name, &error))?;
        let mut left = MOST_BYTES;
        let mut entries = Vec::new();
        for at in 0..archive.len() {
            entries.extend(unpack(&mut archive, at, folder.path(), &mut left, &name)?);
        }
        let within = shared_folder(&entries);
        let inside = |entry: String| entry.strip_prefix(&within).map(str::to_owned);
        let entries: Vec<String> = entries.into_iter().filter_map(inside).collect();
        // A path that ends in its separator would take it along where the pack's name stands for it.
        let root = match within.trim_end_matches('/') {
            "" => folder.path().to_owned(),
            within => folder.path().join(within),
        };
        let contract = only_contract(&entries, &name)?;
        let grid = grid_of(&root.join(GRID), &name)?;
        let layer = layer_of(&root.join(LAYER), &name)?;
        Ok(Pack { folder, root, name, contract, grid, layer })
    }

    /// What the contract's relative paths count from.
    pub fn folder(&self) -> &Path {
        &self.root
    }

    /// What the network's pipeline says of the layer, as far as it is in the pack.
    pub fn layer(&self) -> &PackedLayer {
        &self.layer
    }

    /// The network's grid, if it is in the pack.
    pub fn grid(&self) -> Option<&Grid> {
        self.grid.as_ref()
    }

    /// The contract: how it is called, and its text.
    ///
    /// # Errors
    /// Where it is no text.
    pub fn contract(&self) -> Result<(String, String), Failure> {
        let name = format!("{}/{}", self.name, self.contract);
        let text = read_text(&self.folder().join(&self.contract));
        text.map(|text| (name.clone(), text)).map_err(|message| wrong(&name, &format!("cannot be read: {message}")))
    }

    /// Words about unpacked files as words about the pack.
    fn words(&self, text: &str) -> String {
        let text = text.replace(&*self.root.to_string_lossy(), &self.name);
        text.replace(&*self.folder.path().to_string_lossy(), &self.name)
    }

    /// Calls the files of the pack by their places in it.
    pub fn name(&self, report: &mut Report) {
        for finding in &mut report.findings {
            finding.message = self.words(&finding.message);
            finding.mend = finding.mend.as_deref().map(|mend| self.words(mend));
            finding.place.iter_mut().chain(&mut finding.first).for_each(|place| self.name_place(place));
        }
        for outcome in &mut report.rules {
            outcome.because = outcome.because.as_deref().map(|because| self.words(because));
        }
    }

    fn name_place(&self, place: &mut Where) {
        place.file = place.file.as_deref().map(|file| self.words(file));
    }

    /// The same for what stopped a command.
    pub fn renamed(&self, stopped: Stopped) -> Stopped {
        let Stopped { mut failure, findings, texts } = stopped;
        failure.error = self.words(&failure.error);
        let findings = findings.into_iter().map(|finding| self.renamed_finding(finding)).collect();
        let texts: BTreeMap<String, String> = texts.into_iter().map(|(name, text)| (self.words(&name), text)).collect();
        Stopped { failure, findings, texts }
    }

    fn renamed_finding(&self, mut finding: Finding) -> Finding {
        finding.message = self.words(&finding.message);
        if let Some(FoundWhere::File(place)) = &mut finding.place {
            place.file = self.words(&place.file);
        }
        finding
    }
}

/// Unpacks one entry; gives its name, but for folders.
fn unpack(
    archive: &mut ZipArchive<BufReader<File>>,
    at: usize,
    folder: &Path,
    left: &mut u64,
    name: &str,
) -> Result<Option<String>, Failure> {
    let mut entry = archive.by_index(at).map_err(|error| unzipped(name, &error))?;
    let own = entry.name().map_err(|error| unzipped(name, &error))?.into_owned();
    let path = Path::new(&own);
    let is_plain = !own.is_empty()
        && !own.contains(['\\', '\0', ':'])
        && path.components().all(|part| matches!(part, Component::Normal(_)));
    if !is_plain || entry.is_symlink() {
        return Err(wrong(name, &format!("has an entry that leads out of it: \"{}\"", own.escape_debug())));
    }
    if entry.is_dir() {
        return Ok(None);
    }
    let target = folder.join(path);
    let made = target.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| File::create_new(&target));
    let mut file =
        made.map_err(|error| wrong(name, &format!("cannot be unpacked at {}: {error}", own.escape_debug())))?;
    let written = io::copy(&mut entry.by_ref().take(*left + 1), &mut file);
    let written = written.map_err(|error| wrong(name, &format!("is damaged at {}: {error}", own.escape_debug())))?;
    if written > *left {
        return Err(wrong(name, "holds more than 1 GiB unpacked; no pack is that large"));
    }
    *left -= written;
    Ok(Some(own))
}

/// The one contract: in `contracts`, or beside the other files.
fn only_contract(entries: &[String], name: &str) -> Result<String, Failure> {
    let is_yaml = |entry: &&String| entry.ends_with(".yaml") || entry.ends_with(".yml");
    let inside = entries.iter().filter(is_yaml).filter(|entry| {
        entry.strip_prefix("contracts/").is_some_and(|rest| !rest.contains('/')) || entry.ends_with(".odcs.yaml")
    });
    match inside.collect::<Vec<_>>()[..] {
        [one] => Ok(one.clone()),
        [] => Err(wrong(name, "holds no contract: one YAML file is wanted in `contracts`")),
        ref many => {
            let names: Vec<&str> = many.iter().take(5).map(|entry| entry.as_str()).collect();
            Err(wrong(name, &format!("holds {} contracts, and one is wanted: {}", many.len(), names.join(", "))))
        }
    }
}

/// The one folder that all files stand in, with the sign behind it; empty where there is none, or where it is a folder of packs.
/// What systems add to archives by themselves is no file of the pack.
fn shared_folder(entries: &[String]) -> String {
    let mut own = entries.iter().filter(|entry| !entry.starts_with("__MACOSX/"));
    let folder = |entry: &String| entry.split_once('/').map(|(folder, _)| format!("{folder}/"));
    let Some(first) = own.next().and_then(folder).filter(|first| first != "contracts/") else { return String::new() };
    if own.all(|entry| entry.starts_with(&first)) { first } else { String::new() }
}

fn unzipped(name: &str, error: &ZipError) -> Failure {
    wrong(name, &format!("is no zip file that can be read: {error}"))
}

fn wrong(name: &str, what: &str) -> Failure {
    Failure {
        error: format!("{name} {what}"),
        help: Some("ask the network for the pack; `mutirao contract pack` makes it".to_owned()),
        exit: Exit::Findings,
    }
}

fn no_room(name: &str, error: &io::Error) -> Failure {
    Failure {
        error: format!("there is no room to unpack {name}: {error}"),
        help: Some("make room there, or name another folder by TMPDIR".to_owned()),
        exit: Exit::Environment,
    }
}
