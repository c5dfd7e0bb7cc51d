//! Areas by territory in the last period, read from `areas.parquet` piece by piece.

use std::path::Path;

use mutirao_core::pipeline::Pipeline;
use mutirao_engine::{EngineError, Result};
use mutirao_parquet::{AreaReader, AreaRow};

use super::{
    super::Content,
    charts::{Piece, stack},
    words::{class_name, hectares, percent},
};

/// Territories of a kind that are shown at most: the largest.
const MOST: usize = 200;

/// Classes of a territory that are named.
const NAMED: usize = 3;

/// Width of the bar of classes.
const BAR: f64 = 160.0;

/// A kind of territories.
pub struct KindTable {
    /// Its name.
    pub kind: String,
    /// How many there are.
    pub count: usize,
    /// The largest, largest first.
    pub rows: Vec<TerritoryRow>,
}

/// A territory.
pub struct TerritoryRow {
    /// Its key; empty for what lies in none.
    pub key: String,
    /// Its name; empty where it has none, or where it is the key.
    pub name: String,
    /// Its area within the coverage's.
    pub hectares: String,
    /// Its classes.
    pub pieces: Vec<Piece>,
    /// The largest of them, with shares.
    pub largest: String,
}

/// What is known of a territory while it is read.
struct Territory {
    key: String,
    name: String,
    hectares: f64,
    classes: Vec<(u16, f64)>,
}

/// The territories of a kind while they are read.
struct Kind {
    name: String,
    count: usize,
    kept: Vec<Territory>,
}

impl Kind {
    fn add(&mut self, row: &AreaRow) {
        if self.kept.last().is_none_or(|last| last.key != row.territory) {
            self.shorten(2 * MOST);
            self.count += 1;
            let (key, name) = (row.territory.clone(), row.territory_name.clone());
            self.kept.push(Territory { key, name, hectares: 0.0, classes: Vec::new() });
        }
        let Some(territory) = self.kept.last_mut() else { return };
        territory.hectares += row.area_ha;
        match territory.classes.iter_mut().find(|(class, _)| *class == row.class) {
            Some((_, area)) => *area += row.area_ha,
            None => territory.classes.push((row.class, row.area_ha)),
        }
    }

    /// Lets go of the smallest, where there are more than `limit`.
    fn shorten(&mut self, limit: usize) {
        if self.kept.len() >= limit {
            self.kept.sort_by(|a, b| b.hectares.total_cmp(&a.hectares).then_with(|| a.key.cmp(&b.key)));
            self.kept.truncate(MOST);
        }
    }
}

/// The kinds of territories, with the largest of each.
///
/// # Errors
/// Where the table cannot be read back.
pub fn kinds(content: &Content<'_>, folder: &Path) -> Result<Vec<KindTable>> {
    let path = folder.join("areas.parquet");
    let failed = |error: mutirao_parquet::Error| EngineError::Malformed { path: path.clone(), what: error.to_string() };
    let last = content.plan.periods.last();
    let mut kinds: Vec<Kind> = Vec::new();
    for rows in AreaReader::open(&path).map_err(failed)? {
        for row in rows.map_err(failed)?.iter().filter(|row| Some(&row.period) == last) {
            if row.territory_kind == "coverage" {
                continue;
            }
            if kinds.last().is_none_or(|kind| kind.name != row.territory_kind) {
                kinds.push(Kind { name: row.territory_kind.clone(), count: 0, kept: Vec::new() });
            }
            kinds.last_mut().into_iter().for_each(|kind| kind.add(row));
        }
    }
    Ok(kinds.into_iter().map(|kind| table(content.pipeline, kind)).collect())
}

fn table(pipeline: &Pipeline, mut kind: Kind) -> KindTable {
    kind.shorten(0);
    let rows = kind.kept.into_iter().map(|territory| row(pipeline, territory)).collect();
    KindTable { kind: kind.name, count: kind.count, rows }
}

fn row(pipeline: &Pipeline, mut territory: Territory) -> TerritoryRow {
    territory.classes.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let whole = territory.hectares;
    let of = |class: u16| class_name(pipeline, (class != pipeline.outputs.nodata).then_some(class));
    let there = territory.classes.iter().filter(|(_, area)| *area > 0.0);
    let largest: Vec<String> = there
        .clone()
        .take(NAMED)
        .map(|(class, area)| format!("{} {}", of(*class).name, percent(*area, whole)))
        .collect();
    let parts = there.map(|(class, area)| {
        let class = of(*class);
        (class.color, *area, class.name)
    });
    TerritoryRow {
        pieces: stack(parts, BAR),
        largest: largest.join(", "),
        hectares: hectares(whole),
        name: if territory.name == territory.key { String::new() } else { territory.name },
        key: territory.key,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row of a territory; `territory_name` and the like do not matter here.
    fn row(territory: u32, class: u16, area_ha: f64) -> AreaRow {
        AreaRow {
            period: "2020".into(),
            territory_kind: "strip".into(),
            territory: format!("{territory:05}"),
            territory_name: String::new(),
            class,
            source: 1,
            rule: 0,
            pixels: 1,
            area_ha,
        }
    }

    #[test]
    fn of_many_territories_the_largest_are_kept() {
        let mut kind = Kind { name: "strip".into(), count: 0, kept: Vec::new() };
        // Areas go up and down, in the order of the keys; each has two rows of one class and one of another.
        let area = |territory: u32| f64::from(territory * 7919 % 3001);
        for territory in 0..3001 {
            for part in [row(territory, 3, area(territory)), row(territory, 3, 1.0), row(territory, 4, 0.5)] {
                kind.add(&part);
                assert!(kind.kept.len() <= 2 * MOST);
            }
        }
        kind.shorten(0);
        assert_eq!(kind.count, 3001);
        let kept: Vec<f64> = kind.kept.iter().map(|territory| territory.hectares).collect();
        let due: Vec<f64> = (0..MOST).map(|at| 3000.0 - at as f64 + 1.5).collect();
        assert_eq!(kept, due);
        assert!(kind.kept.iter().all(|territory| territory.classes.len() == 2));
    }
}
