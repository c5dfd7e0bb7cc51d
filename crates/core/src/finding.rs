//! Findings: what a check has to say, as data.

use serde::{Deserialize, Serialize};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Tells something; stops nothing.
    Info,
    /// Probably not meant; stops nothing.
    Warning,
    /// Stops a run.
    Error,
}

/// A place in a text file that people edit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The file, as it was named.
    pub file: String,
    /// Line from 1.
    pub line: u32,
    /// Column from 1, in characters.
    pub column: u32,
}

/// One finding. What does not apply is left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// A stable kebab-case word.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// The layer it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub layer: Option<String>,
    /// The class or classes it is about.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub class: Vec<i32>,
    /// The rule it is about, from 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rule: Option<u16>,
    /// `rule`, or `unless:<n>` with n from 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub part: Option<String>,
    /// The rules that cause it, from 1, ascending.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub because: Vec<u16>,
    /// Where: a place in a file, or which regions.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none", default)]
    pub place: Option<Where>,
    /// What is the matter, in one sentence.
    pub message: String,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mend: Option<String>,
}

/// Where a finding applies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Where {
    /// In a file that people edit.
    File(Place),
    /// For each class, the values of the region layer in which it applies.
    Regions(Vec<ClassRegions>),
    /// In pixels of the coverage's grid.
    Pixels(PixelPlaces),
}

/// Regions in which something is so for a class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassRegions {
    /// The class.
    pub class: i32,
    /// The region layer.
    pub layer: String,
    /// Its values, ascending.
    pub regions: Vec<i32>,
}

/// Pixels of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PixelPlaces {
    /// The file.
    pub file: String,
    /// The period, if the file speaks for one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub period: Option<String>,
    /// How many pixels in all.
    pub count: u64,
    /// The first of them, [column, row] of the file from 0, in row order.
    pub pixels: Vec<[u32; 2]>,
}

impl Finding {
    /// A finding with a code, a severity and a sentence; the rest by the `with` functions.
    pub fn new(code: &str, severity: Severity, message: impl Into<String>) -> Self {
        Finding {
            code: code.to_owned(),
            severity,
            layer: None,
            class: Vec::new(),
            rule: None,
            part: None,
            because: Vec::new(),
            place: None,
            message: message.into(),
            mend: None,
        }
    }

    /// An error.
    pub fn error(code: &str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    /// A warning.
    pub fn warning(code: &str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message)
    }

    /// About a layer.
    pub fn with_layer(mut self, layer: impl Into<String>) -> Self {
        self.layer = Some(layer.into());
        self
    }

    /// About a rule, from 1.
    pub fn with_rule(mut self, rule: u16) -> Self {
        self.rule = Some(rule);
        self
    }

    /// At a place.
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(Where::File(place));
        self
    }

    /// How to mend it.
    pub fn with_mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = Some(mend.into());
        self
    }
}
