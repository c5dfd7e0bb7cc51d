//! `<out>/<id>/releases.json`: which releases of a network there are, and which of them is to be used.
//!
//! Its order is that of publication: the last is the latest, whatever the versions are called. What people wrote into it
//! (that a release is withdrawn, and why; further keys) stays. Releases that stand in the folder and are missing in the list
//! join it with the time at which their manifest says they were written.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use mutirao_engine::{
    EngineError, Result,
    fingerprint::sha256_of,
    publish::{Lock, Replacement},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::manifest::Manifest;

/// The file's name.
const NAME: &str = "releases.json";

/// The name of the format.
const SCHEMA: &str = "mutirao.releases/1";

/// The releases of a network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Listing {
    schema: String,
    id: String,
    releases: Vec<Listed>,
    #[serde(flatten)]
    more: Map<String, Value>,
}

/// One release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Listed {
    version: String,
    /// When, UTC.
    published: String,
    /// The sha256 of its manifest, which names all other files with theirs.
    manifest: String,
    status: Status,
    /// The version that came after it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    superseded_by: Option<String>,
    /// Why it was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    why: Option<String>,
    #[serde(flatten)]
    more: Map<String, Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Published,
    Superseded,
    Withdrawn,
}

/// Reads the list in a network's folder; an empty one where there is none.
///
/// # Errors
/// [`EngineError::Damaged`] where it is no list of this network, the system's.
pub fn read(folder: &Path, id: &str) -> Result<Listing> {
    let path = folder.join(NAME);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Listing::empty(id)),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            return Err(EngineError::Damaged { path, what: "it is no text".to_owned() });
        }
        Err(error) => return Err(EngineError::io("read", &path)(error)),
    };
    let damaged = |what: String| EngineError::Damaged { path: path.clone(), what };
    let listing: Listing =
        serde_json::from_str(&text).map_err(|error| damaged(format!("the list of releases is damaged: {error}")))?;
    if listing.schema != SCHEMA {
        return Err(damaged(format!("its schema is {}, not {SCHEMA}", listing.schema)));
    }
    if listing.id != id {
        return Err(damaged(format!("it lists releases of {}, not of {id}", listing.id)));
    }
    Ok(listing)
}

/// A list that waits for its release to be published.
pub struct Pending {
    new: Replacement,
    _lock: Lock,
}

impl Pending {
    /// Puts the list in its place, once the release is in its own.
    ///
    /// # Errors
    /// The system's.
    pub fn finish(self) -> Result<()> {
        self.new.finish()
    }
}

/// Writes the list anew with a release that is about to be published, which replaces its own entry; releases published before
/// are superseded by it. What may fail, fails here and not when the release is out.
///
/// # Errors
/// As [`read`]; the system's.
pub fn prepare(folder: &Path, id: &str, version: &str, manifest: &Path, now: Timestamp) -> Result<Pending> {
    let path = folder.join(NAME);
    // Runs of other versions may end at the same time.
    let lock = Lock::wait(&path)?;
    let mut listing = read(folder, id)?;
    listing.find_others(folder, version)?;
    listing.publish(version, sha256_of(manifest)?, now);
    let text = serde_json::to_string_pretty(&listing)
        .map_err(|error| EngineError::Malformed { path: path.clone(), what: error.to_string() })?;
    Ok(Pending { new: Replacement::write(&path, &format!("{text}\n"))?, _lock: lock })
}

impl Listing {
    fn empty(id: &str) -> Self {
        Listing { schema: SCHEMA.to_owned(), id: id.to_owned(), releases: Vec::new(), more: Map::new() }
    }

    /// Version and manifest's sha256 of the releases that were not withdrawn, the latest first.
    pub fn latest(&self) -> impl Iterator<Item = (&str, &str)> {
        let used = self.releases.iter().rev().filter(|listed| listed.status != Status::Withdrawn);
        used.map(|listed| (listed.version.as_str(), listed.manifest.as_str()))
    }

    /// The sha256 of a version's manifest, if it is listed.
    pub fn manifest_of(&self, version: &str) -> Option<&str> {
        self.releases.iter().find(|listed| listed.version == version).map(|listed| listed.manifest.as_str())
    }

    fn publish(&mut self, version: &str, manifest: String, now: Timestamp) {
        self.releases.retain(|listed| listed.version != version);
        for listed in self.releases.iter_mut().filter(|listed| listed.status == Status::Published) {
            listed.status = Status::Superseded;
            listed.superseded_by = Some(version.to_owned());
        }
        self.releases.push(Listed::new(version, now.to_string(), manifest));
    }

    /// Lists the releases of the folder that are not listed, in the order of their times.
    fn find_others(&mut self, folder: &Path, but: &str) -> Result<()> {
        let entries = fs::read_dir(folder).map_err(EngineError::io("read", folder))?;
        for entry in entries {
            let path = entry.map_err(EngineError::io("read", folder))?.path();
            // What is no release is none of ours.
            let Ok(manifest) = Manifest::read(&path) else { continue };
            let version = manifest.version;
            let is_named = path.file_name().is_some_and(|name| name.to_string_lossy() == version);
            let is_listed = version == but || self.releases.iter().any(|listed| listed.version == version);
            if is_named && !is_listed && manifest.id == self.id {
                let hash = sha256_of(&path.join("manifest.json"))?;
                self.releases.push(Listed::new(&version, manifest.finished, hash));
            }
        }
        self.releases.sort_by_key(|listed| listed.published.parse::<Timestamp>().ok());
        Ok(())
    }
}

impl Listed {
    fn new(version: &str, published: String, manifest: String) -> Self {
        let status = Status::Published;
        let (version, more) = (version.to_owned(), Map::new());
        Listed { version, published, manifest, status, superseded_by: None, why: None, more }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WITHDRAWN: &str = r#"{"schema": "mutirao.releases/1", "id": "net", "note": "kept", "releases": [
        {"version": "1", "published": "2020-01-01T00:00:00Z", "manifest": "aa", "status": "withdrawn", "why": "wrong roads", "by": "me"},
        {"version": "2", "published": "2021-01-01T00:00:00Z", "manifest": "bb", "status": "published"}]}"#;

    fn listed(folder: &Path) -> Value {
        serde_json::from_str(&fs::read_to_string(folder.join(NAME)).unwrap()).unwrap()
    }

    fn publish(folder: &Path, version: &str, time: &str) {
        fs::create_dir_all(folder.join(version)).unwrap();
        let manifest = folder.join(version).join("manifest.json");
        fs::write(&manifest, version).unwrap();
        prepare(folder, "net", version, &manifest, time.parse().unwrap()).unwrap().finish().unwrap();
    }

    #[test]
    fn what_is_withdrawn_stays_and_what_was_published_is_superseded() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(NAME), WITHDRAWN).unwrap();
        publish(folder.path(), "3", "2022-01-01T00:00:00Z");
        let list = listed(folder.path());
        assert_eq!(list["note"], "kept");
        let statuses: Vec<&Value> = list["releases"].as_array().unwrap().iter().map(|one| &one["status"]).collect();
        assert_eq!(statuses, ["withdrawn", "superseded", "published"]);
        assert_eq!((&list["releases"][0]["why"], &list["releases"][0]["by"]), (&"wrong roads".into(), &"me".into()));
        assert_eq!(list["releases"][1]["superseded_by"], "3");
        assert!(!folder.path().join(".staging-releases.json").exists());
    }

    #[test]
    fn publishing_a_version_again_replaces_its_entry_and_makes_it_the_latest() {
        let folder = tempfile::tempdir().unwrap();
        for (version, day) in [("2", "01"), ("10", "02"), ("2", "03")] {
            publish(folder.path(), version, &format!("2022-01-{day}T00:00:00Z"));
        }
        let list = listed(folder.path());
        let found: Vec<_> =
            list["releases"].as_array().unwrap().iter().map(|one| (&one["version"], &one["status"])).collect();
        assert_eq!(found, [(&"10".into(), &"superseded".into()), (&"2".into(), &"published".into())]);
    }

    #[test]
    fn a_damaged_list_is_no_list() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["", "{", "[]", "{\"schema\": \"mutirao.releases/2\", \"id\": \"net\", \"releases\": []}", "\u{0}"]
        {
            fs::write(folder.path().join(NAME), text).unwrap();
            assert!(matches!(read(folder.path(), "net"), Err(EngineError::Damaged { .. })), "{text}");
        }
        fs::write(folder.path().join(NAME), b"\xff\xfe").unwrap();
        assert!(matches!(read(folder.path(), "net"), Err(EngineError::Damaged { .. })));
        fs::write(folder.path().join(NAME), WITHDRAWN).unwrap();
        assert!(matches!(read(folder.path(), "other"), Err(EngineError::Damaged { .. })));
    }

    #[test]
    fn runs_that_end_at_the_same_time_are_all_listed() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for version in 0..8 {
                let folder = folder.path();
                scope.spawn(move || publish(folder, &format!("v{version}"), "2022-01-01T00:00:00Z"));
            }
        });
        let list = listed(folder.path());
        assert_eq!(list["releases"].as_array().unwrap().len(), 8);
    }
}
