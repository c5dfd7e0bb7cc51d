//! The rows of `areas.parquet`, in their order.

use std::collections::{BTreeMap, BTreeSet};

use mutirao_core::pipeline::Pipeline;
use mutirao_engine::{
    areas::{Amount, AreaFactors},
    plan::Plan,
    tally::{AreaKey, Tally},
    territories::{Kind, NO_ZONE},
};
use mutirao_parquet::AreaRow;

/// A row with its counts still in integers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// The period's place.
    pub period: u16,
    /// The kind's place: 0 the whole coverage.
    pub kind: u16,
    /// The territory's key; empty for the whole and for what lies in none.
    pub territory: String,
    /// The territory's name.
    pub name: String,
    /// The class, nodata for nothing.
    pub class: u16,
    /// The source.
    pub source: u16,
    /// The rule.
    pub rule: u16,
    /// Pixels.
    pub pixels: u64,
    /// Area in units of the factors.
    pub area: u128,
}

/// All rows of a tally, sorted; every territory has one, if only with 0 pixels.
pub fn area_rows(pipeline: &Pipeline, plan: &Plan, kinds: &[Kind], tally: &Tally) -> Vec<Row> {
    let nodata = pipeline.outputs.nodata;
    let mut rows: Vec<Row> = tally.areas.iter().map(|(key, amount)| row(kinds, nodata, key, amount)).collect();
    let seen: BTreeSet<(u16, u16, &str)> =
        rows.iter().map(|row| (row.period, row.kind, row.territory.as_str())).collect();
    let mut empty = Vec::new();
    for (kind, number) in kinds.iter().zip(1u16..) {
        // The values of a region layer are territories in every period as soon as one period holds them.
        let met = seen.iter().filter(|(_, of, key)| *of == number && !key.is_empty()).map(|(_, _, key)| (*key, ""));
        let known = kind.territories.iter().map(|territory| (territory.key.as_str(), territory.name.as_str()));
        let all: BTreeMap<&str, &str> = met.chain(known).collect();
        for period in 0..plan.periods.len() as u16 {
            let missing = all.iter().filter(|(key, _)| !seen.contains(&(period, number, **key)));
            empty.extend(missing.map(|(key, name)| Row {
                period,
                kind: number,
                territory: (*key).to_owned(),
                name: (*name).to_owned(),
                class: nodata,
                source: 0,
                rule: 0,
                pixels: 0,
                area: 0,
            }));
        }
    }
    rows.extend(empty);
    rows.sort();
    rows
}

fn row(kinds: &[Kind], nodata: u16, key: &AreaKey, amount: &Amount) -> Row {
    let (territory, name) = match key.kind.checked_sub(1).map(|index| &kinds[usize::from(index)]) {
        None => (String::new(), String::new()),
        Some(_) if key.zone == NO_ZONE => (String::new(), String::new()),
        Some(kind) if kind.layer.is_some() => (key.zone.cast_signed().to_string(), String::new()),
        Some(kind) => {
            let territory = &kind.territories[key.zone as usize];
            (territory.key.clone(), territory.name.clone())
        }
    };
    Row {
        period: key.period,
        kind: key.kind,
        territory,
        name,
        class: key.class.unwrap_or(nodata),
        source: key.source,
        rule: key.rule,
        pixels: amount.pixels,
        area: amount.area,
    }
}

impl Row {
    /// The row as it stands in the table.
    pub fn to_area_row(&self, plan: &Plan, kinds: &[Kind], factors: &AreaFactors) -> AreaRow {
        let kind = self.kind.checked_sub(1).map_or("coverage", |index| &kinds[usize::from(index)].name);
        AreaRow {
            period: plan.periods[usize::from(self.period)].clone(),
            territory_kind: kind.to_owned(),
            territory: self.territory.clone(),
            territory_name: self.name.clone(),
            class: self.class,
            source: self.source,
            rule: self.rule,
            pixels: self.pixels as i64,
            area_ha: factors.hectares(self.area),
        }
    }
}
