//! Territories while a run counts them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use mutirao_core::{
    finding::Finding,
    geometry::MultiPolygon,
    grid::Grid,
    pipeline::{Pipeline, TerritoryKind, TerritorySource},
    rule::LayerId,
};
pub use mutirao_mosaic::zones::NO_ZONE;
use mutirao_mosaic::zones::{ZoneRows, Zones};

use crate::plan::{Drawing, Opener, Polygons, Refused};

/// One territory: what `territories.parquet` says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Territory {
    /// Its key, text as written.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Its polygons in the coverage's CRS; none where it has no own.
    pub geometry: Option<MultiPolygon>,
}

/// The territories of one kind, sorted by key.
#[derive(Debug, Clone, PartialEq)]
pub struct Kind {
    /// The kind's name.
    pub name: String,
    /// Its territories; of a region layer those that it declares, others become known while counting, as those of a crossing do.
    pub territories: Vec<Territory>,
    /// Where they lie.
    pub from: KindFrom,
    /// What was done to their polygons, in words.
    pub treatment: String,
}

/// Where the territories of a kind lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KindFrom {
    /// In their own polygons.
    Polygons,
    /// Where a region layer holds their value.
    Layer(LayerId),
    /// Where territories of two other kinds meet, by their places.
    Crossing([usize; 2]),
}

impl Kind {
    /// From the features of a vector file, (key, name, geometry): those of one key are one territory, named by the first.
    pub fn from_features(
        name: &str,
        treatment: String,
        features: impl IntoIterator<Item = (String, String, MultiPolygon)>,
    ) -> Self {
        let mut territories: Vec<Territory> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        for (key, name, geometry) in features {
            let at = *known.entry(key.clone()).or_insert_with(|| {
                territories.push(Territory { key, name, geometry: Some(MultiPolygon::default()) });
                territories.len() - 1
            });
            if let Some(all) = &mut territories[at].geometry {
                all.polygons.extend(geometry.polygons);
            }
        }
        territories.sort_by(|a, b| a.key.cmp(&b.key));
        Kind { name: name.to_owned(), territories, from: KindFrom::Polygons, treatment }
    }
}

/// The polygons of one kind, as runs, made once for each row of tiles.
pub struct KindZones {
    zones: Zones,
    grid_height: u32,
    band_rows: u32,
    /// By row of tiles: the runs, and how many tiles still want them.
    bands: Mutex<HashMap<u32, (Arc<ZoneRows>, u32)>>,
}

impl KindZones {
    /// For tiles of `tile` rows.
    pub fn new(grid: &Grid, tile: u32, kind: &Kind) -> Self {
        let polygons = kind.territories.iter().enumerate();
        let polygons = polygons.filter_map(|(zone, territory)| Some((zone as u32, territory.geometry.as_ref()?)));
        KindZones {
            zones: Zones::new(grid, tile, polygons),
            grid_height: grid.height(),
            band_rows: tile,
            bands: Mutex::default(),
        }
    }

    /// The runs of the row of tiles that begins at a row of the grid. Each of the `tiles_across` tiles of a sheet asks once.
    pub fn band(&self, row: u32, tiles_across: u32) -> Arc<ZoneRows> {
        let band = row / self.band_rows;
        // Made under the lock: whoever else wants the same band would have to wait for it anyhow.
        let mut bands = self.bands.lock().unwrap_or_else(PoisonError::into_inner);
        let (rows, left) = bands.entry(band).or_insert_with(|| {
            let first = band * self.band_rows;
            let end = (first + self.band_rows).min(self.grid_height);
            (Arc::new(self.zones.rows(first, end)), tiles_across)
        });
        let rows = Arc::clone(rows);
        *left -= 1;
        if *left == 0 {
            bands.remove(&band);
        }
        rows
    }
}

/// Reads the territories of a pipeline.
///
/// # Errors
/// Findings: a vector that cannot be read, a key that is missing.
pub fn load(pipeline: &Pipeline, grid: &Grid, opener: &dyn Opener) -> Result<Vec<Kind>, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut kinds = Vec::with_capacity(pipeline.territories.len());
    for kind in &pipeline.territories {
        match load_kind(kind, pipeline, grid, opener) {
            Ok(loaded) => kinds.push(loaded),
            Err(refused) => {
                findings.push(
                    Finding::error(&refused.code, refused.message).at(kind.place.clone()).with_mend(refused.mend),
                );
            }
        }
    }
    if findings.is_empty() { Ok(kinds) } else { Err(findings) }
}

fn load_kind(kind: &TerritoryKind, pipeline: &Pipeline, grid: &Grid, opener: &dyn Opener) -> Result<Kind, Refused> {
    let (path, layer, key, name, crs, allow_ballpark) = match &kind.from {
        TerritorySource::Layer(layer) => {
            let territories = declared_values(pipeline, *layer);
            let treatment = format!("the values of {}", pipeline.layers[*layer].name);
            return Ok(Kind { name: kind.kind.clone(), territories, from: KindFrom::Layer(*layer), treatment });
        }
        TerritorySource::Crossing(both) => {
            let [first, second] = both.map(|at| &pipeline.territories[at].kind);
            let treatment = format!("where {first} and {second} meet");
            let from = KindFrom::Crossing(*both);
            return Ok(Kind { name: kind.kind.clone(), territories: Vec::new(), from, treatment });
        }
        TerritorySource::Vector { path, layer, key, name, crs, allow_ballpark } => {
            (path, layer, key, name, crs, allow_ballpark)
        }
    };
    let name = name.as_ref().unwrap_or(key);
    let wanted = Polygons {
        path,
        layer: layer.as_deref(),
        crs: crs.as_deref(),
        allow_ballpark: *allow_ballpark,
        target: &grid.crs,
        attributes: &[key, name],
    };
    from_vector(&kind.kind, &wanted, opener)
}

/// Reads the territories of one kind from a vector file. `wanted` names two attributes: the key and the name.
///
/// # Errors
/// A file that cannot be read, a feature without a key.
pub fn from_vector(kind: &str, wanted: &Polygons<'_>, opener: &dyn Opener) -> Result<Kind, Refused> {
    let Drawing { features, treatment, .. } = opener.polygons(wanted)?;
    let without = features.iter().filter(|feature| feature.attributes[0].is_none()).count();
    if without > 0 {
        return Err(Refused {
            code: "territory-key-missing".into(),
            message: format!("{without} features of {} have no {}", wanted.path.display(), wanted.attributes[0]),
            mend: "give every feature a key; features of one key are one territory".into(),
        });
    }
    let parts = features.into_iter().map(|feature| {
        let [key, name] = [0, 1].map(|at: usize| feature.attributes[at].clone().unwrap_or_default());
        (key, name, feature.geometry)
    });
    Ok(Kind::from_features(kind, treatment, parts))
}

/// The values that a region layer declares, each a territory even if no pixel holds it; none where it may hold any number.
fn declared_values(pipeline: &Pipeline, layer: LayerId) -> Vec<Territory> {
    let Some(declared) = pipeline.declared(layer) else { return Vec::new() };
    let is_closed = |(from, to): &(i32, i32)| (0..=65_535).contains(&(i64::from(*to) - i64::from(*from)));
    let values = declared.ranges().iter().filter(|range| is_closed(range)).flat_map(|(from, to)| *from..=*to);
    values.map(|value| Territory { key: value.to_string(), name: String::new(), geometry: None }).collect()
}
