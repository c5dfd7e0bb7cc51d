//! `coverage.parquet`: the patches of a coverage as polygons, part by part.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::LargeBinaryBuilder;
use mutirao_core::geometry::{Bounds, Polygon};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::batch::Batch;
use crate::error::{Error, Problem, Result};
use crate::source::{Source, guarded};
use crate::stream::Pieces;
use crate::table::{f64_field, f64s, i64_field, i64s, text_field, texts, u16_field, u16s};
use crate::writer::{SLICE, Writer};
use crate::{geo, geometry, wkb};

const GEOMETRY: &str = "geometry";
const COVERING: &str = "bbox";

/// A part of a patch: what of it lies in one cell of the lattice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PatchRow {
    /// The patch, the same for all of its parts.
    pub patch: i64,
    /// The part's number in the patch, from 0.
    pub part: i64,
    /// The period, as written.
    pub period: String,
    /// The class.
    pub class: u16,
    /// The source, as in `sources.parquet`; 0 where it is not known.
    pub source: u16,
    /// Pixels of the part.
    pub pixels: i64,
    /// Their true area in hectares.
    pub area_ha: f64,
    /// The true area of the whole patch in hectares.
    pub patch_area_ha: f64,
    /// The outline of the pixels, in the CRS of the table: the exterior counter-clockwise, holes clockwise.
    pub geometry: Polygon,
}

/// `coverage.parquet` being written, as GeoParquet 1.1.0: memory holds one row group, compressed, whatever the number of rows.
pub struct PatchWriter {
    path: PathBuf,
    crs: Value,
    /// `None` after a failure.
    writer: Option<Writer>,
    /// Rows not yet handed on, and the bytes of their geometries: the bytes of the file do not depend on how rows were divided among
    /// calls.
    pending: Vec<PatchRow>,
    bytes: u64,
    written: u64,
    bounds: Option<Bounds>,
}

impl PatchWriter {
    /// Creates the file, or empties it. `crs` is PROJJSON.
    pub fn new(path: &Path, crs: &Value) -> Result<Self> {
        let mut fields = vec![
            i64_field("patch"),
            i64_field("part"),
            text_field("period"),
            u16_field("class"),
            u16_field("source"),
            i64_field("pixels"),
            f64_field("area_ha"),
            f64_field("patch_area_ha"),
        ];
        fields.extend(geometry::fields(GEOMETRY, COVERING));
        let writer = Writer::create(path, fields, Some(GEOMETRY)).map_err(Error::at(path))?;
        Ok(PatchWriter {
            path: path.to_path_buf(),
            crs: crs.clone(),
            writer: Some(writer),
            pending: Vec::new(),
            bytes: 0,
            written: 0,
            bounds: None,
        })
    }

    /// Adds rows, in the order given. After an error the file is of no use.
    pub fn push(&mut self, rows: impl IntoIterator<Item = PatchRow>) -> Result<()> {
        for row in rows {
            self.bytes += wkb::polygon_len(&row.geometry);
            self.pending.push(row);
            if self.pending.len() == SLICE || self.bytes >= geometry::SLICE_BYTES {
                self.hand_on()?;
            }
        }
        Ok(())
    }

    /// Writes what is left, and returns the size of the file in bytes.
    pub fn finish(mut self) -> Result<u64> {
        self.hand_on()?;
        let at = Error::at(&self.path);
        let mut writer = self.writer.ok_or(Problem::Poisoned).map_err(&at)?;
        writer.note(geo::KEY, geo::polygons(GEOMETRY, COVERING, &self.crs, self.bounds));
        writer.finish().map_err(&at)
    }

    fn hand_on(&mut self) -> Result<()> {
        let at = Error::at(&self.path);
        let mut writer = self.writer.take().ok_or(Problem::Poisoned).map_err(&at)?;
        if !self.pending.is_empty() {
            let bounds: Vec<_> = self.pending.iter().map(|row| row.geometry.bounds()).collect();
            self.bounds = bounds.iter().flatten().copied().chain(self.bounds).reduce(Bounds::union);
            writer.push(columns(&self.pending, self.written, &bounds).map_err(&at)?).map_err(&at)?;
            self.written += self.pending.len() as u64;
            self.pending.clear();
            self.bytes = 0;
        }
        self.writer = Some(writer);
        Ok(())
    }
}

/// The columns of some rows, of which `first` is the first in the file.
fn columns(rows: &[PatchRow], first: u64, bounds: &[Option<Bounds>]) -> std::result::Result<Vec<ArrayRef>, Problem> {
    let mut binary = LargeBinaryBuilder::new();
    let mut bytes = Vec::new();
    for (number, row) in (first..).zip(rows) {
        bytes.clear();
        wkb::write_polygon(&row.geometry, &mut bytes).map_err(|what| Problem::Geometry { row: number, what })?;
        binary.append_value(&bytes);
    }
    Ok(vec![
        i64s(rows, |row| row.patch),
        i64s(rows, |row| row.part),
        texts(rows, |row| &row.period),
        u16s(rows, |row| row.class),
        u16s(rows, |row| row.source),
        i64s(rows, |row| row.pixels),
        f64s(rows, |row| row.area_ha),
        f64s(rows, |row| row.patch_area_ha),
        Arc::new(binary.finish()),
        Arc::new(geometry::box_column(bounds)?),
    ])
}

/// `coverage.parquet` being read, at most some thousands of rows at a time. After an error there is nothing more.
pub struct PatchReader {
    pieces: Pieces,
    crs: Value,
    column: String,
}

impl PatchReader {
    /// Opens the file.
    pub fn open(path: &Path) -> Result<Self> {
        guarded(path, || {
            let source = Source::open(path)?;
            let column = geo::parse(source.metadata(geo::KEY).ok_or(crate::GeoError::Missing)?)?;
            Ok(PatchReader {
                pieces: Pieces::new(path, source)?,
                crs: column.crs.unwrap_or_else(geo::crs84),
                column: column.name,
            })
        })
    }

    /// The CRS of the geometries as PROJJSON; null where the file says that it is not known.
    pub fn crs(&self) -> &Value {
        &self.crs
    }
}

impl Iterator for PatchReader {
    type Item = Result<Vec<PatchRow>>;

    fn next(&mut self) -> Option<Self::Item> {
        let column = &self.column;
        self.pieces.next(|batch| patch_rows(batch, column))
    }
}

fn patch_rows(batch: &Batch<'_>, column: &str) -> std::result::Result<Vec<PatchRow>, Problem> {
    let (patch, part, period) = (batch.i64("patch")?, batch.i64("part")?, batch.text("period")?);
    let (class, source, pixels) = (batch.u16("class")?, batch.u16("source")?, batch.i64("pixels")?);
    let (area_ha, patch_area_ha) = (batch.f64("area_ha")?, batch.f64("patch_area_ha")?);
    let binary = batch.optional_bytes(column)?;
    let row = |i| {
        let geometry = geometry::read(binary, batch.first_row, i)?;
        Ok(PatchRow {
            patch: patch.value(i),
            part: part.value(i),
            period: period.value(i).to_string(),
            class: class.value(i),
            source: source.value(i),
            pixels: pixels.value(i),
            area_ha: area_ha.value(i),
            patch_area_ha: patch_area_ha.value(i),
            // A part is one polygon; what is more or less than that is no part of ours.
            geometry: one(geometry.map(|geometry| geometry.polygons).unwrap_or_default()),
        })
    };
    (0..batch.len()).map(row).collect()
}

/// The one polygon of a part; of none or several, all rings there are.
fn one(polygons: Vec<Polygon>) -> Polygon {
    Polygon { rings: polygons.into_iter().flat_map(|polygon| polygon.rings).collect() }
}
