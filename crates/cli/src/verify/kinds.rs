//! The kinds of territories of a release, and where they lie.

mod crossing;

use std::collections::BTreeMap;

use mutirao_core::{
    geometry::MultiPolygon,
    grid::{Grid, Window},
    pipeline::{TerritoryKind, TerritorySource},
};
use mutirao_mosaic::zones::{NO_ZONE, ZoneRows, ZoneRun, Zones};
use mutirao_parquet::{AreaRow, Territories, TerritoryRow};

use super::{Release, region::RegionLayer};
use crate::network::Tools;

/// Rows of which the zones are made at once.
const BAND: u32 = 512;

/// A kind of territories.
pub struct Kind {
    /// Its name.
    pub name: String,
    /// Its territories, key and name, sorted by key; the zone is the place. Of a region layer the zone is the value instead.
    pub territories: Vec<(String, String)>,
    /// Where they lie.
    pub place: Place,
}

/// Where territories lie.
pub enum Place {
    /// In polygons of the release itself.
    Polygons(Zones),
    /// Where a region layer holds their value.
    Region(Box<RegionLayer>),
    /// Where territories of two other kinds meet, by their places. The zone is the place of the joined key.
    Crossing([usize; 2]),
    /// Nobody can say any more.
    Unknown {
        /// Why.
        why: String,
        /// Whether the territories share all pixels out among them, as the values of a region layer do.
        in_sum: bool,
    },
}

/// The zones of some rows.
pub enum Rows {
    /// Of polygons.
    Polygons(ZoneRows),
    /// Of a region layer: the first row, and the runs of each.
    Region(u32, Vec<Vec<ZoneRun>>),
    /// Of a kind that cannot be counted.
    Unknown,
}

impl Rows {
    /// The runs of a row of the grid.
    pub fn row(&self, row: u32) -> &[ZoneRun] {
        match self {
            Rows::Polygons(rows) => rows.row(row),
            Rows::Region(first, rows) => &rows[(row - first) as usize],
            Rows::Unknown => &[],
        }
    }
}

impl Kind {
    /// Where its own territories lie in the rows of a window of the grid; those of a crossing are not its own.
    fn own_rows(&self, period: usize, window: &Window) -> Result<Rows, String> {
        match &self.place {
            Place::Polygons(zones) => Ok(Rows::Polygons(zones.rows(window.row, window.row_end()))),
            Place::Region(layer) => Ok(Rows::Region(window.row, layer.runs(period, window)?)),
            Place::Crossing(_) | Place::Unknown { .. } => Ok(Rows::Unknown),
        }
    }

    /// The key of a zone; empty for what lies in no territory.
    pub fn key(&self, zone: u32) -> String {
        match self.place {
            _ if zone == NO_ZONE => String::new(),
            Place::Polygons(_) | Place::Crossing(_) => {
                self.territories.get(zone as usize).map_or_else(|| "(not listed)".to_owned(), |(key, _)| key.clone())
            }
            Place::Region(_) | Place::Unknown { .. } => zone.cast_signed().to_string(),
        }
    }

    /// The zone of a key; none if the kind has no such one.
    pub fn zone(&self, key: &str) -> Option<u32> {
        match self.place {
            _ if key.is_empty() => Some(NO_ZONE),
            Place::Polygons(_) | Place::Crossing(_) => {
                self.territories.binary_search_by(|(known, _)| known.as_str().cmp(key)).ok().map(|at| at as u32)
            }
            Place::Region(_) | Place::Unknown { .. } => key.parse().ok().map(i32::cast_unsigned),
        }
    }
}

/// Where the territories of all kinds lie in the rows of a window of the grid, or why a region layer cannot be read.
pub fn rows(kinds: &[Kind], period: usize, window: &Window) -> Vec<Result<Rows, String>> {
    let own: Vec<Result<Rows, String>> = kinds.iter().map(|kind| kind.own_rows(period, window)).collect();
    let crossed = kinds.iter().map(|kind| match kind.place {
        Place::Crossing(of) => Some(crossing::rows(kind, of.map(|at| &kinds[at]), of.map(|at| &own[at]), window)),
        Place::Polygons(_) | Place::Region(_) | Place::Unknown { .. } => None,
    });
    let crossed: Vec<Option<Result<Rows, String>>> = crossed.collect();
    own.into_iter().zip(crossed).map(|(own, crossed)| crossed.unwrap_or(own)).collect()
}

/// The kinds that the tables and the pipeline know.
pub fn kinds(release: &Release<'_>, territories: Option<&Territories>, rows: &[AreaRow], tools: &Tools) -> Vec<Kind> {
    let of_pipeline = release.pipeline.as_ref().map_or(&[][..], |pipeline| &pipeline.territories);
    let mut by_name: BTreeMap<&str, Vec<&TerritoryRow>> = BTreeMap::new();
    for kind in of_pipeline {
        by_name.entry(&kind.kind).or_default();
    }
    // Where the pipeline can be read, it knows all kinds.
    let rows = if release.pipeline.is_ok() { &[] } else { rows };
    for row in rows.iter().filter(|row| row.territory_kind != "coverage") {
        by_name.entry(&row.territory_kind).or_default();
    }
    for row in territories.iter().flat_map(|territories| &territories.rows) {
        by_name.entry(&row.kind).or_default().push(row);
    }
    let known = |name: &str| of_pipeline.iter().find(|kind| kind.kind == name);
    let kind = |(name, rows): (&str, Vec<&TerritoryRow>)| kind(release, name, known(name), &rows, tools);
    if territories.is_none() {
        let why = || Place::Unknown { why: "territories.parquet cannot be read".to_owned(), in_sum: false };
        return by_name
            .keys()
            .map(|name| Kind { name: (*name).to_owned(), territories: Vec::new(), place: why() })
            .collect();
    }
    let names: Vec<&str> = by_name.keys().copied().collect();
    let mut kinds: Vec<Kind> = by_name.into_iter().map(kind).collect();
    for index in 0..kinds.len() {
        if let Some(TerritorySource::Crossing(of)) = known(names[index]).map(|kind| &kind.from) {
            let of = of.map(|at| names.iter().position(|name| *name == of_pipeline[at].kind).unwrap_or(index));
            kinds[index].place = crossing::place(&kinds, of);
        }
    }
    kinds
}

fn kind(
    release: &Release<'_>,
    name: &str,
    known: Option<&TerritoryKind>,
    rows: &[&TerritoryRow],
    tools: &Tools,
) -> Kind {
    let is_vector = matches!(known, Some(TerritoryKind { from: TerritorySource::Vector { .. }, .. }));
    let mut territories: Vec<(String, String)> = rows.iter().map(|row| (row.key.clone(), row.name.clone())).collect();
    territories.sort();
    // Without geometry they are values of a region layer, of which every pixel has one or none.
    let unknown = |why: String| Place::Unknown { why, in_sum: true };
    let place = if is_vector || rows.iter().any(|row| row.geometry.is_some()) {
        polygons(release.grid(), &territories, rows)
    } else {
        match (&release.pipeline, known.map(|kind| &kind.from)) {
            (Ok(pipeline), Some(TerritorySource::Layer(layer))) => {
                match RegionLayer::open(release, pipeline, *layer, tools) {
                    Ok(layer) => Place::Region(Box::new(layer)),
                    Err(why) => unknown(why),
                }
            }
            (Err(why), _) => unknown(why.clone()),
            (Ok(_), _) => unknown("neither the pipeline nor territories.parquet says where they lie".to_owned()),
        }
    };
    Kind { name: name.to_owned(), territories, place }
}

fn polygons(grid: &Grid, territories: &[(String, String)], rows: &[&TerritoryRow]) -> Place {
    let zone = |row: &TerritoryRow| territories.binary_search_by(|(key, _)| key.cmp(&row.key)).ok();
    let polygons = rows.iter().filter_map(|row| Some((zone(row)? as u32, row.geometry.as_ref()?)));
    Place::Polygons(Zones::new(grid, BAND, polygons.collect::<Vec<(u32, &MultiPolygon)>>()))
}
