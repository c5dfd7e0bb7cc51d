//! GeoParquet: GDAL reads it only where it was built with Arrow, so our own reader does. Its shapes become GDAL's, and from
//! there on go the way of all others.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use gdal::spatial_ref::SpatialRef;
use gdal::vector::{Envelope, Geometry};
use mutirao_core::door::{CrsText, Refusal, RefusalCode, VectorQuestion, VectorTranslated};
use mutirao_parquet::FeatureReader;

use super::placement::Placement;
use super::reading::Reading;
use super::shape::{self, Shape};
use super::write;
use crate::{OnProgress, messages, srs};

/// A feature whose geometry is GDAL's, in the file's CRS.
type Found = shape::Found<Geometry>;

/// Whether a file calls itself Parquet: by its name, or by its first four bytes.
pub fn is_one(path: &Path) -> bool {
    let named = |ending: &std::ffi::OsStr| ["parquet", "geoparquet"].iter().any(|own| ending.eq_ignore_ascii_case(own));
    let mut magic = [0; 4];
    let mut begins = || File::open(path).and_then(|mut file| file.read_exact(&mut magic)).is_ok() && magic == *b"PAR1";
    path.is_file() && (path.extension().is_some_and(named) || begins())
}

/// Translates a file, whose one layer bears the name of the file.
pub fn translate<S: Shape>(
    question: &VectorQuestion,
    path: &Path,
    progress: OnProgress<'_>,
) -> Result<VectorTranslated, Refusal> {
    let mut reader = FeatureReader::open(path).map_err(|error| unreadable(RefusalCode::NotReadable, &error))?;
    let layer = layer(question.layer.as_deref(), path)?;
    let stated = (!reader.crs.is_null()).then(|| stated_crs(&reader, path));
    let placement = Placement::of(question, stated, path)?;
    let found = features(&mut reader, progress)?;
    let transformation = placement.transformation(extent(&found), question.allow_ballpark)?;

    let mut reading = Reading::new(layer, path, transformation.as_ref());
    if reader.geometries > 1 {
        reading.notes.push(format!("only the primary of {} geometry columns is read", reader.geometries));
    }
    let count = found.len();
    let mut features = Vec::with_capacity(count);
    for (index, (attributes, geometry)) in found.into_iter().enumerate() {
        if index % 4096 == 0 {
            progress(0.5 + 0.4 * index as f64 / count as f64, "reading features");
        }
        features.push((attributes, S::of(&mut reading, &format!("feature {index}"), geometry.as_ref())?));
    }
    write(question, &placement, reading, reader.fields, features)
}

/// The CRS that the file states.
pub fn stated_crs(reader: &FeatureReader, path: &Path) -> Result<SpatialRef, Refusal> {
    let stated = srs::parse(&CrsText::Text(reader.crs.to_string()));
    stated.map_err(|refusal| Refusal { message: format!("{}: {}", path.display(), refusal.message), ..refusal })
}

/// The name of the layer: that of the file without its ending, as GDAL has it.
pub fn layer(wanted: Option<&str>, path: &Path) -> Result<String, Refusal> {
    let own = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    match wanted {
        Some(named) if named != own => {
            let message = format!("there is no layer {named}: {} has the layer {own} only", path.display());
            Err(Refusal::new(RefusalCode::LayerUnknown, message, "leave `layer:` out"))
        }
        _ => Ok(own),
    }
}

/// All features. Where they lie must be known before the first is transformed, and what the file says of that may be wrong.
fn features(reader: &mut FeatureReader, progress: OnProgress<'_>) -> Result<Vec<Found>, Refusal> {
    let rows = reader.rows.max(1) as f64;
    let mut found = Vec::new();
    for batch in reader {
        progress((0.5 * found.len() as f64 / rows).min(0.5), "reading features");
        for feature in batch.map_err(|error| unreadable(RefusalCode::Corrupt, &error))? {
            let geometry = feature.wkb.map(|wkb| geometry(&wkb, found.len())).transpose()?;
            found.push((feature.attributes, geometry));
        }
    }
    Ok(found)
}

/// GDAL's geometry of well-known binary; `index` is the feature's number, from 0.
pub fn geometry(wkb: &[u8], index: usize) -> Result<Geometry, Refusal> {
    messages::clear();
    Geometry::from_wkb(wkb).map_err(|_| {
        let message = format!("the geometry of feature {index} is no well-known binary");
        messages::refusal(RefusalCode::Corrupt, message, "the file is damaged; fetch it again")
    })
}

/// The box around all features.
fn extent(found: &[Found]) -> Option<Envelope> {
    let geometries = found.iter().filter_map(|(_, geometry)| geometry.as_ref());
    let boxes = geometries.filter(|geometry| !geometry.is_empty()).map(Geometry::envelope);
    boxes.reduce(|a, b| Envelope {
        MinX: a.MinX.min(b.MinX),
        MinY: a.MinY.min(b.MinY),
        MaxX: a.MaxX.max(b.MaxX),
        MaxY: a.MaxY.max(b.MaxY),
    })
}

/// A refusal with what our reader says.
pub fn unreadable(code: RefusalCode, error: &mutirao_parquet::Error) -> Refusal {
    Refusal::new(code, format!("{error}"), "write the file anew, or deliver it as GeoPackage")
}
