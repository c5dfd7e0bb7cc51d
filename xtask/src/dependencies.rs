//! The check that dependencies run one way: who may see whom, and who alone may see GDAL and Arrow.

use std::{fmt, process::Command};

use serde_json::Value;

use crate::Failure;

/// What a crate of ours may depend on, of ours. A crate that is not listed is a violation: a new room is drawn here first.
const MAY_SEE: &[(&str, &[&str])] = &[
    ("mutirao-core", &[]),
    ("mutirao-mosaic", &["mutirao-core"]),
    ("mutirao-geotiff", &["mutirao-core"]),
    ("mutirao-accuracy", &["mutirao-core"]),
    ("mutirao-parquet", &["mutirao-core"]),
    ("mutirao-gpkg", &["mutirao-core"]),
    ("mutirao-pipeline", &["mutirao-core"]),
    ("mutirao-contract", &["mutirao-core", "mutirao-pipeline"]),
    ("mutirao-check", &["mutirao-accuracy", "mutirao-contract", "mutirao-core", "mutirao-mosaic"]),
    ("mutirao-door", &["mutirao-core", "mutirao-parquet"]),
    ("mutirao-engine", &["mutirao-core", "mutirao-mosaic"]),
    ("mutirao-floor", &["mutirao-core", "mutirao-geotiff"]),
    (
        "mutirao",
        &[
            "mutirao-accuracy",
            "mutirao-check",
            "mutirao-core",
            "mutirao-engine",
            "mutirao-geotiff",
            "mutirao-gpkg",
            "mutirao-contract",
            "mutirao-mosaic",
            "mutirao-parquet",
            "mutirao-pipeline",
        ],
    ),
    (
        "xtask",
        &[
            "mutirao-check",
            "mutirao-contract",
            "mutirao-core",
            "mutirao-door",
            "mutirao-engine",
            "mutirao-geotiff",
            "mutirao-mosaic",
            "mutirao-parquet",
            "mutirao-pipeline",
        ],
    ),
];

/// Foreign crates that one crate of ours alone may depend on: how the name begins, which is ours, and why.
const ONE_DOOR: &[(&str, &str, &str)] = &[
    ("gdal", "mutirao-door", "GDAL stays at the door"),
    ("arrow", "mutirao-parquet", "one crate knows Arrow"),
    ("parquet", "mutirao-parquet", "one crate knows Parquet"),
    ("rusqlite", "mutirao-gpkg", "one crate knows SQLite"),
];

/// A dependency that may not be.
#[derive(Debug, PartialEq, Eq)]
struct Violation {
    /// Who depends.
    from: String,
    /// On what.
    to: String,
    /// Why that may not be.
    because: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(text, "{} -> {}: {}", self.from, self.to, self.because)
    }
}

/// Asks cargo for the workspace's crates and checks each dependency of each.
pub fn run() -> Result<(), Failure> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let asked = Command::new(cargo).args(["metadata", "--format-version", "1", "--no-deps"]).output()?;
    if !asked.status.success() {
        return Err(String::from_utf8_lossy(&asked.stderr).into());
    }
    let edges = edges(&serde_json::from_slice(&asked.stdout)?);
    let violations = violations(&edges);
    for violation in &violations {
        println!("{violation}");
    }
    match violations.len() {
        0 => {
            println!("{} dependencies, all run one way", edges.len());
            Ok(())
        }
        many => Err(format!("{many} dependencies may not be (the table is xtask/src/dependencies.rs)").into()),
    }
}

/// Every dependency of every crate of the workspace, `(from, to)`, by package name. Those for tests count too.
fn edges(metadata: &Value) -> Vec<(String, String)> {
    let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut edges = Vec::new();
    for package in list(&metadata["packages"]) {
        edges.extend(list(&package["dependencies"]).iter().map(|to| (name(&package), name(to))));
    }
    edges
}

fn violations(edges: &[(String, String)]) -> Vec<Violation> {
    edges
        .iter()
        .filter_map(|(from, to)| {
            refusal(from, to).map(|because| Violation { from: from.clone(), to: to.clone(), because })
        })
        .collect()
}

/// Why `from` may not depend on `to`, if so.
fn refusal(from: &str, to: &str) -> Option<String> {
    if is_ours(to) {
        return match MAY_SEE.iter().find(|(name, _)| *name == from) {
            None => Some("this crate is not in the table of who may see whom".to_owned()),
            Some((_, allowed)) if allowed.contains(&to) => None,
            Some((_, [])) => Some("it may see none of ours".to_owned()),
            Some((_, allowed)) => Some(format!("it may see {} only", allowed.join(", "))),
        };
    }
    ONE_DOOR
        .iter()
        .find(|(begins, owner, _)| to.starts_with(begins) && from != *owner)
        .map(|(_, owner, why)| format!("{why}: {owner} alone may"))
}

fn is_ours(name: &str) -> bool {
    name == "mutirao" || name == "xtask" || name.starts_with("mutirao-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(from: &str, to: &str) -> (String, String) {
        (from.to_owned(), to.to_owned())
    }

    #[test]
    fn the_house_as_drawn_has_no_violation() {
        let drawn = [
            edge("mutirao", "mutirao-engine"),
            edge("mutirao-engine", "mutirao-mosaic"),
            edge("mutirao-door", "gdal-sys"),
            edge("mutirao-door", "mutirao-parquet"),
            edge("mutirao-parquet", "arrow"),
            edge("mutirao-core", "serde"),
        ];
        assert_eq!(violations(&drawn), []);
    }

    #[test]
    fn every_way_back_or_aside_is_named() {
        let wrong = [
            edge("mutirao-core", "mutirao-mosaic"),
            edge("mutirao-geotiff", "mutirao-parquet"),
            edge("mutirao-engine", "mutirao-geotiff"),
            edge("mutirao", "mutirao-door"),
            edge("xtask", "mutirao"),
            edge("mutirao-new", "mutirao-core"),
            edge("mutirao-engine", "gdal"),
            edge("mutirao-door", "arrow-array"),
            edge("mutirao", "parquet"),
        ];
        let found = violations(&wrong);
        let named: Vec<_> = found.iter().map(|violation| (violation.from.clone(), violation.to.clone())).collect();
        assert_eq!(named, wrong);
    }

    #[test]
    fn a_violation_says_what_may_be() {
        let found = violations(&[edge("mutirao-engine", "mutirao-parquet")]);
        let text = found.iter().map(Violation::to_string).collect::<String>();
        assert_eq!(text, "mutirao-engine -> mutirao-parquet: it may see mutirao-core, mutirao-mosaic only");
    }

    #[test]
    fn edges_are_read_from_cargos_metadata() {
        let metadata = serde_json::json!({ "packages": [
            { "name": "mutirao-mosaic", "dependencies": [{ "name": "mutirao-core" }, { "name": "proptest", "kind": "dev" }] },
            { "name": "mutirao-core", "dependencies": [] },
        ] });
        assert_eq!(edges(&metadata), [edge("mutirao-mosaic", "mutirao-core"), edge("mutirao-mosaic", "proptest")]);
    }
}
