//! A release beside the list of its network's releases: the list names the hash of the manifest, and the manifest those of all other files.

use std::path::Path;

use mutirao_engine::fingerprint::sha256_of;

use super::report::{RESTORE, Report};
use crate::release::{listing, manifest::Manifest};

/// Compares the manifest with what `releases.json` beside the release's folder says of it. Only the folder that is called as its version
/// is the one that is listed: drafts and copies stand there too.
pub fn check(folder: &Path, manifest: &Manifest, report: &mut Report) {
    let Ok(folder) = folder.canonicalize() else { return };
    let is_named = folder.file_name().is_some_and(|name| name.to_string_lossy() == manifest.version);
    let Some(network) = folder.parent().filter(|_| is_named) else { return };
    let listing = match listing::read(network, &manifest.id) {
        Ok(listing) => listing,
        Err(error) => return report.note(format!("the manifest was not held against the list of releases: {error}")),
    };
    let Some(wanted) = listing.manifest_of(&manifest.version) else { return };
    let message = match sha256_of(&folder.join("manifest.json")) {
        Ok(found) if found == wanted => return,
        Ok(found) => format!("manifest.json: its sha256 is {found}, releases.json beside the release says {wanted}"),
        Err(error) => error.to_string(),
    };
    report.find("verify-manifest", message, RESTORE);
}
