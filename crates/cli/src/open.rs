//! Opening files: plain GeoTIFF as it is, unless files beside it say more of its pixels or their place; everything else and every vector translated once into the cache, under a name made
//! of its content.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use mutirao_core::{
    axis_unit::AxisUnit,
    door::{Answer, CrsText, Question, RasterQuestion, RasterTranslated, VectorQuestion, VectorTranslated},
    raster::RasterSource,
};
use mutirao_engine::{
    fingerprint::sha256_of,
    plan::{Drawing, Feature, Opened, Opener, Oracle, Polygons, Refused},
};
use mutirao_geotiff::{GeoTiff, OpenError};
use mutirao_parquet::{PointTable, read_features, read_points};
use sha2::{Digest, Sha256};

use crate::door::Door;

pub mod companions;
mod features;
mod outlines;
pub mod sidecars;

use companions::parts_of;
use sidecars::bearing;

/// Points of a vector file, and how they are brought into a CRS.
#[derive(Debug, Clone, Copy)]
pub struct Points<'a> {
    /// The file.
    pub path: &'a Path,
    /// Taken instead of the file's CRS.
    pub crs: Option<&'a str>,
    /// The CRS wanted.
    pub target: &'a str,
    /// Whether a ballpark transformation is good enough.
    pub allow_ballpark: bool,
}

/// Stands in the names of translated rasters; another one for another kind of notes beside them.
const RASTER: &str = "raster 2";

/// A raster that was opened.
pub struct Raster {
    /// What can be read.
    pub opened: Opened,
    /// What its translation says, if it had to be translated.
    pub translated: Option<RasterTranslated>,
}

/// Whether a file is a CSV table by its name, which is read without the door.
pub fn is_csv(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
}

/// Opens what pipelines name.
pub struct Files<'a> {
    /// Translates what is not plain.
    pub door: &'a Door,
    /// Where translations are kept.
    pub cache: PathBuf,
    /// Holds why they cannot be, once one could not.
    pub no_cache: &'a OnceLock<Refused>,
}

impl Opener for Files<'_> {
    fn open(&self, path: &Path) -> Result<Opened, Refused> {
        self.raster(path).map(|raster| raster.opened)
    }

    fn polygons(&self, wanted: &Polygons<'_>) -> Result<Drawing, Refused> {
        let (plain, treatment) = self.translate_vector(wanted, "", Question::Vector)?;
        let table = read_features(&plain).map_err(|error| refused("unreadable", wanted.path, &error.to_string()))?;
        let columns: Vec<usize> = wanted
            .attributes
            .iter()
            .map(|name| {
                table.fields.iter().position(|field| field == name).ok_or_else(|| Refused {
                    code: "unknown-attribute".into(),
                    message: format!("{} has no attribute {name}", wanted.path.display()),
                    mend: format!("its attributes are {}", table.fields.join(", ")),
                })
            })
            .collect::<Result<_, _>>()?;
        let unit = AxisUnit::of_projjson(&table.crs);
        let features = table.features.into_iter().filter_map(|feature| {
            let attributes = columns.iter().map(|column| feature.attributes[*column].clone()).collect();
            Some(Feature { attributes, geometry: feature.geometry? })
        });
        Ok(Drawing { features: features.collect(), treatment, unit })
    }
}

impl Files<'_> {
    /// Opens a raster, and tells what it said of itself where it had to be translated.
    ///
    /// # Errors
    /// Why it cannot be read, in words, and how to mend it.
    pub fn raster(&self, path: &Path) -> Result<Raster, Refused> {
        match GeoTiff::open(path) {
            Ok(source) => {
                let beside = bearing(path, || source.facts().transform.is_some());
                if !beside.is_empty() {
                    return self.with_sidecars(path, &beside);
                }
                let opened = Opened { source: Arc::new(source), path: path.to_owned(), translated: None };
                Ok(Raster { opened, translated: None })
            }
            Err(OpenError::Unsupported { .. } | OpenError::NotTiff) => self.translate(path, &[]),
            Err(error) => Err(Refused {
                code: "unreadable".into(),
                message: format!("{}: {error}", path.display()),
                mend: "deliver the file again".into(),
            }),
        }
    }

    /// A GeoTIFF that could be read as it is, and would not be what it is meant to be then.
    fn with_sidecars(&self, path: &Path, beside: &[PathBuf]) -> Result<Raster, Refused> {
        let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let names: Vec<String> = beside.iter().map(name).collect();
        self.translate(path, &names).map_err(|refused| Refused {
            message: format!("{} ({} beside it has to be read too)", refused.message, names.join(" and ")),
            ..refused
        })
    }

    fn translate(&self, path: &Path, beside: &[String]) -> Result<Raster, Refused> {
        let out = self.cached(path, RASTER, "tif")?;
        let unreadable = |what: String| refused("unreadable", path, &what);
        let facts = self.once(&out, || {
            let question = RasterQuestion { path: path.to_owned(), crs_override: None, out: out.clone() };
            match self.door.ask(Question::Raster(question))? {
                Answer::Raster(facts) => {
                    serde_json::to_string(&facts).map_err(|error| refused("cache", path, &error.to_string()))
                }
                _ => Err(refused("door-failed", path, "the door answered another question")),
            }
        })?;
        let facts: RasterTranslated = serde_json::from_str(&facts).map_err(|error| unreadable(error.to_string()))?;
        let source = GeoTiff::open(&out).map_err(|error| unreadable(error.to_string()))?;
        let opened = Opened { source: Arc::new(source), path: out, translated: Some(raster_words(&facts, beside)) };
        Ok(Raster { opened, translated: Some(facts) })
    }

    /// The points of a vector file in the CRS that is wanted, and what was done to them.
    ///
    /// # Errors
    /// Why it cannot be read, in words, and how to mend it.
    pub fn points(&self, wanted: &Points<'_>) -> Result<(PointTable, String), Refused> {
        let Points { path, crs, target, allow_ballpark } = *wanted;
        let asked = Polygons { path, layer: None, crs, allow_ballpark, target, attributes: &[] };
        let (plain, treatment) = self.translate_vector(&asked, "points|", Question::Points)?;
        let table = read_points(&plain).map_err(|error| refused("unreadable", path, &error.to_string()))?;
        Ok((table, treatment))
    }

    /// The translation of a vector file, and what was done to it. `kind` tells the translations of one file apart.
    fn translate_vector(
        &self,
        wanted: &Polygons<'_>,
        kind: &str,
        ask: fn(VectorQuestion) -> Question,
    ) -> Result<(PathBuf, String), Refused> {
        let how = format!("{kind}{:?}|{:?}|{}|{}", wanted.layer, wanted.crs, wanted.target, wanted.allow_ballpark);
        let out = self.cached(wanted.path, &how, "parquet")?;
        let words = self.once(&out, || {
            let question = VectorQuestion {
                path: wanted.path.to_owned(),
                layer: wanted.layer.map(str::to_owned),
                crs_override: wanted.crs.map(|text| CrsText::Text(text.to_owned())),
                target_crs: CrsText::Text(wanted.target.to_owned()),
                allow_ballpark: wanted.allow_ballpark,
                out: out.clone(),
            };
            match self.door.ask(ask(question))? {
                Answer::Vector(facts) | Answer::Points(facts) => Ok(vector_words(&facts)),
                _ => Err(refused("door-failed", wanted.path, "the door answered another question")),
            }
        })?;
        Ok((out, words))
    }

    /// Makes a translation unless it is there, and keeps the words about it beside it. One without its words is made again.
    fn once(&self, out: &Path, make: impl FnOnce() -> Result<String, Refused>) -> Result<String, Refused> {
        let beside = out.with_extension("notes");
        if out.exists()
            && let Ok(words) = std::fs::read_to_string(&beside)
        {
            return Ok(words);
        }
        // The door would tell it as a matter of the file.
        tempfile::tempfile_in(&self.cache).map_err(|error| self.unkept(&error))?;
        let words = make()?;
        std::fs::write(&beside, &words).map_err(|error| self.unkept(&error))?;
        Ok(words)
    }

    /// The name of a translation: by the content of the file and of those beside it that belong to it, and by what is asked.
    fn cached(&self, path: &Path, how: &str, ending: &str) -> Result<PathBuf, Refused> {
        let mut hash = Sha256::new();
        hash.update(env!("CARGO_PKG_VERSION"));
        hash.update(how);
        for part in parts_of(path) {
            let digest = sha256_of(&part).map_err(|error| refused("missing-file", path, &error.to_string()))?;
            hash.update(digest);
        }
        std::fs::create_dir_all(&self.cache).map_err(|error| self.unkept(&error))?;
        let name: String = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Ok(self.cache.join(format!("{name}.{ending}")))
    }

    /// That the cache cannot be written.
    fn unkept(&self, error: &std::io::Error) -> Refused {
        let refused = Refused {
            code: "cache".into(),
            message: format!("{}: {error}", self.cache.display()),
            mend: "name a folder where you may write by --cache or MUTIRAO_CACHE".into(),
        };
        self.no_cache.get_or_init(|| refused).clone()
    }
}

fn refused(code: &str, path: &Path, what: &str) -> Refused {
    Refused { code: code.into(), message: format!("{}: {what}", path.display()), mend: "see the message".into() }
}

/// What was done to a raster, and for the sake of which files beside it.
fn raster_words(facts: &RasterTranslated, beside: &[String]) -> String {
    let beside = (!beside.is_empty()).then(|| format!("with {}", beside.join(" and ")));
    let notes: Vec<String> = beside.into_iter().chain(facts.notes.iter().cloned()).collect();
    match notes.is_empty() {
        true => "translated at the door".to_owned(),
        false => format!("translated at the door ({})", notes.join("; ")),
    }
}

/// What was done to a vector file.
fn vector_words(facts: &VectorTranslated) -> String {
    let mut words = vec![match &facts.transformation {
        None => "as is".to_owned(),
        Some(transformation) => format!("transformed from {} by {transformation}", facts.crs),
    }];
    let counted = [(facts.invalid, "invalid"), (facts.empty, "without geometry")];
    words.extend(counted.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")));
    words.extend(facts.notes.iter().cloned());
    words.join("; ")
}
