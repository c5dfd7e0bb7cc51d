//! The responsible area in a pack: the partner's own part of it.

use std::path::Path;

use mutirao_contract::{ObjectKind, terms::AreaTerm};
use mutirao_core::door::{Answer, CrsText, Question};
use mutirao_engine::plan::{Opener, Oracle, Polygons};
use mutirao_parquet::{Feature, FeatureTable, write_features};
use serde_json::Value;

use super::{Content, Named, Sources, raster};
use crate::{check::is_raster, command::Failure, exit::Exit};

/// The place of an area, and what stands there; no content where the file is packed as it is.
///
/// # Errors
/// Where it cannot be read, or holds nothing of this partner.
pub fn content(
    one: &Named,
    term: &AreaTerm,
    path: &Path,
    sources: &Sources<'_>,
) -> Result<(String, Option<Content>), Failure> {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    if is_raster(path) {
        let own = raster::own_part(path, term.values.as_ref(), sources.tools)?;
        return Ok((one.place_as(&format!("{stem}.tif")), own.map(Content::Bytes)));
    }
    let Some(crs) = crs(sources) else { return Ok((one.place(), None)) };
    let name = term.layer.clone().unwrap_or(stem);
    let bytes = polygons(term, path, &crs, sources)?;
    Ok((one.place_as(&format!("{name}.parquet")), Some(Content::Bytes(bytes))))
}

/// The CRS in which a partner's files are laid on the area.
fn crs(sources: &Sources<'_>) -> Option<String> {
    let objects = &sources.contract.objects;
    let of_raster = objects.iter().find(|object| object.kind == ObjectKind::Raster).or(objects.first());
    let agreed = of_raster.and_then(|object| Some(object.terms.grid.as_ref()?.crs.clone()));
    agreed.or_else(|| sources.grid.as_ref().map(|grid| grid.crs.clone()))
}

/// The partner's polygons as GeoParquet, which a check reads without the door.
fn polygons(term: &AreaTerm, path: &Path, crs: &str, sources: &Sources<'_>) -> Result<Vec<u8>, Failure> {
    let attributes: Vec<&str> = term.attribute.as_deref().into_iter().collect();
    let layer = term.layer.as_deref();
    let wanted = Polygons { path, layer, crs: None, allow_ballpark: false, target: crs, attributes: &attributes };
    let drawing = sources.tools.files().polygons(&wanted);
    let drawing = drawing.map_err(|refused| failed(refused.message, &refused.mend))?;
    let is_ours = |attributes: &[Option<String>]| match (&term.values, attributes.first()) {
        (Some(values), Some(Some(text))) => text.trim().parse().is_ok_and(|value| values.contains(value)),
        (Some(_), _) => false,
        (None, _) => true,
    };
    let ours = drawing.features.into_iter().filter(|feature| is_ours(&feature.attributes));
    let features: Vec<Feature> =
        ours.map(|feature| Feature { attributes: feature.attributes, geometry: Some(feature.geometry) }).collect();
    if features.is_empty() {
        let error = format!("{} holds no polygon of this partner", path.display());
        return Err(failed(error, "see that `values` and `attribute` of the contract's area are right"));
    }
    let table = FeatureTable {
        crs: projjson(crs, sources),
        fields: attributes.iter().map(|of| (*of).to_owned()).collect(),
        features,
    };
    let out = sources.tools.door.scratch("area.parquet");
    let written = write_features(&out, &table).map_err(|error| failed(error.to_string(), "see the message"))?;
    let bytes = std::fs::read(&out).map_err(|error| failed(error.to_string(), "make room for temporary files"))?;
    debug_assert_eq!(bytes.len() as u64, written);
    Ok(bytes)
}

fn projjson(crs: &str, sources: &Sources<'_>) -> Value {
    match sources.tools.door.ask(Question::Crs { crs: CrsText::Text(crs.to_owned()) }) {
        Ok(Answer::Crs(facts)) => facts.projjson,
        _ => Value::Null,
    }
}

fn failed(error: String, help: &str) -> Failure {
    Failure { error, help: Some(help.to_owned()), exit: Exit::Findings }
}
