//! Vectors and tables as they are, feature by feature, and the keys of tables that others refer to.

use std::path::Path;

use mutirao_check::vector::ForeignKeys;
use mutirao_core::{
    door::{Answer, FeaturesFacts, FeaturesQuestion, Question},
    features::Features,
};
use mutirao_engine::plan::{Oracle, Refused};
use mutirao_parquet::read_measured;
use mutirao_pipeline::read_table;

use super::{Files, is_csv, refused};

/// The column of a crosswalk that holds a partner's codes.
const FROM: &str = "from";

impl Files<'_> {
    /// The features of a layer as they stand in a file, measured at the door once for each content of the file. Of a file with
    /// several layers one must be named.
    ///
    /// # Errors
    /// Why it cannot be read, in words, and how to mend it.
    pub fn features(&self, path: &Path, layer: Option<&str>) -> Result<Features, Refused> {
        let out = self.cached(path, &format!("measured|{layer:?}"), "parquet")?;
        let facts = self.once(&out, || {
            let (path, layer) = (path.to_owned(), layer.map(str::to_owned));
            let question = FeaturesQuestion { path: path.clone(), layer, out: out.clone() };
            match self.door.ask(Question::Features(question))? {
                Answer::Features(facts) => {
                    serde_json::to_string(&facts).map_err(|error| refused("cache", &path, &error.to_string()))
                }
                _ => Err(refused("door-failed", &path, "the door answered another question")),
            }
        })?;
        let unreadable = |what: String| refused("unreadable", path, &what);
        let facts: FeaturesFacts = serde_json::from_str(&facts).map_err(|error| unreadable(error.to_string()))?;
        let read = read_measured(&out, facts.fields.len()).map_err(|error| unreadable(error.to_string()))?;
        let (shapes, attributes) = read;
        Ok(Features { facts, shapes, attributes })
    }

    /// The keys of a table or vector that another refers to: the values of one of its attributes. Of a CSV file with the columns
    /// of a crosswalk, `from` may hold ranges of codes.
    ///
    /// # Errors
    /// Why they cannot be read, in words, and how to mend it.
    pub fn foreign_keys(&self, path: &Path, key: &str) -> Result<ForeignKeys, Refused> {
        if is_csv(path) { of_csv(path, key) } else { self.of_vector(path, key) }
    }

    fn of_vector(&self, path: &Path, key: &str) -> Result<ForeignKeys, Refused> {
        let features = self.features(path, None)?;
        let fields = &features.facts.fields;
        let found = fields.iter().position(|field| field.name == key);
        let names = || fields.iter().map(|field| field.name.clone()).collect();
        let column = found.ok_or_else(|| unknown(path, key, names()))?;
        Ok(ForeignKeys::of_texts(features.attributes[column].iter().flatten().map(str::to_owned)))
    }
}

fn of_csv(path: &Path, key: &str) -> Result<ForeignKeys, Refused> {
    let table = read_table(path, &[]).map_err(|(findings, _)| match findings.into_iter().next() {
        Some(finding) => Refused {
            code: finding.code,
            message: finding.message,
            mend: finding.mend.unwrap_or_else(|| "see the message".to_owned()),
        },
        None => refused("unreadable", path, "it is no table"),
    })?;
    let column = table.header.iter().position(|name| name == key);
    let column = column.ok_or_else(|| unknown(path, key, table.header.clone()))?;
    let texts = table.rows.iter().filter_map(|row| Some(row.get(column)?.text.clone())).filter(|text| !text.is_empty());
    let is_crosswalk = key == FROM && table.header.iter().any(|name| name == "to");
    Ok(if is_crosswalk { ForeignKeys::of_crosswalk(texts) } else { ForeignKeys::of_texts(texts) })
}

fn unknown(path: &Path, key: &str, names: Vec<String>) -> Refused {
    Refused {
        code: "unknown-attribute".into(),
        message: format!("{} has no attribute {key}", path.display()),
        mend: format!("its attributes are {}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests;
