//! Every file against the manifest: there, of the same bytes, and nothing beside.

use std::collections::BTreeSet;
use std::path::{Component, Path};
use std::sync::atomic::{AtomicUsize, Ordering};

use mutirao_core::sink::{Event, Observer};
use mutirao_engine::{Result, fingerprint::sha256_of};

use super::{
    report::{RESTORE, Report},
    stop_if_asked,
};
use crate::release::{hashes::FileEntry, manifest::Manifest};

/// The one file that cannot list itself.
const MANIFEST: &str = "manifest.json";

/// Checks files.
pub fn check(
    folder: &Path,
    manifest: &Manifest,
    threads: usize,
    observer: &dyn Observer,
    report: &mut Report,
) -> Result<()> {
    check_list(manifest, report);
    observer.event(Event::Begin { what: "hashing", units: Some(manifest.files.len() as u64) });
    let next = AtomicUsize::new(0);
    let hash = || {
        let mut done = Vec::new();
        while let Some(at) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < manifest.files.len()) {
            if observer.is_cancelled() {
                break;
            }
            done.push((at, compare(folder, &manifest.files[at])));
            observer.event(Event::Advance(1));
        }
        done
    };
    let mut compared: Vec<(usize, Option<Wrong>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(hash)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    observer.event(Event::End);
    stop_if_asked(observer)?;
    compared.sort_by_key(|(at, _)| *at);
    for (at, wrong) in compared {
        report.figures.files += 1;
        report.figures.bytes += manifest.files[at].bytes;
        if let Some(Wrong { code, message }) = wrong {
            report.find(code, message, RESTORE);
        }
    }
    check_unlisted(folder, manifest, report);
    Ok(())
}

struct Wrong {
    code: &'static str,
    message: String,
}

fn compare(folder: &Path, entry: &FileEntry) -> Option<Wrong> {
    let FileEntry { path: name, bytes, sha256 } = entry;
    // A path that leaves the folder was found already, and is not followed.
    if !is_inside(name) {
        return None;
    }
    let path = folder.join(name);
    let changed = |message: String| Some(Wrong { code: "verify-file-changed", message });
    let found = match std::fs::metadata(&path) {
        Ok(metadata) if metadata.is_file() => metadata.len(),
        Ok(_) => return changed(format!("{name}: it is no file")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Some(Wrong {
                code: "verify-file-missing",
                message: format!("{name}: the manifest lists it, and it is not there"),
            });
        }
        Err(error) => return Some(Wrong { code: "verify-file-unreadable", message: format!("{name}: {error}") }),
    };
    if found != *bytes {
        return changed(format!("{name}: it has {found} bytes, the manifest says {bytes}"));
    }
    match sha256_of(&path) {
        Ok(found) if found == *sha256 => None,
        Ok(found) => changed(format!("{name}: its sha256 is {found}, the manifest says {sha256}")),
        Err(error) => Some(Wrong { code: "verify-file-unreadable", message: error.to_string() }),
    }
}

/// Whether a listed path stays in the release's folder.
fn is_inside(name: &str) -> bool {
    !name.is_empty() && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

fn check_list(manifest: &Manifest, report: &mut Report) {
    let mut seen = BTreeSet::new();
    for entry in &manifest.files {
        if !is_inside(&entry.path) {
            report.find(
                "verify-manifest",
                format!("manifest.json: {:?} is no path within the release", entry.path),
                RESTORE,
            );
        } else if !seen.insert(entry.path.as_str()) {
            report.find("verify-manifest", format!("manifest.json: it lists {} twice", entry.path), RESTORE);
        }
    }
    let copy = manifest.files.iter().find(|entry| entry.path == "pipeline.yaml");
    if copy.is_none_or(|copy| copy.sha256 != manifest.pipeline.sha256) {
        let found = copy.map_or("none", |copy| copy.sha256.as_str());
        let message = format!(
            "manifest.json: pipeline.yaml is listed with sha256 {found}, but {} was run",
            manifest.pipeline.sha256
        );
        report.find("verify-manifest", message, RESTORE);
    }
}

fn check_unlisted(folder: &Path, manifest: &Manifest, report: &mut Report) {
    let listed: BTreeSet<&str> = manifest.files.iter().map(|entry| entry.path.as_str()).collect();
    let mut found = BTreeSet::new();
    walk(folder, "", &mut found);
    for name in found.iter().filter(|name| *name != MANIFEST && !listed.contains(name.as_str())) {
        report.find(
            "verify-file-unlisted",
            format!("{name}: it is not in the manifest"),
            "take it away: readers trust the manifest only",
        );
    }
}

/// The files below a folder, with `/` between the parts; links are files.
fn walk(folder: &Path, prefix: &str, found: &mut BTreeSet<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&entry.path(), &format!("{name}/"), found);
        } else {
            found.insert(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_paths_stay_in_the_folder() {
        assert!(is_inside("coverage/2019.tif"));
        for name in ["", "../x", "/etc/passwd", "a/../../b", "./a"] {
            assert!(!is_inside(name), "{name}");
        }
    }
}
