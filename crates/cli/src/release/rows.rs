//! The rows of `areas.parquet` and `transitions.parquet`, one after another in the order of their keys.

use std::collections::BTreeSet;
use std::iter::Peekable;

use mutirao_engine::{
    Result,
    areas::Amount,
    count::{AreaKey, Sorted, TerritoryId, TransitionKey},
    territories::{Kind, KindFrom},
};
use mutirao_parquet::{AreaRow, TransitionRow};

use super::Content;

/// Period, kind and territory, as in [`AreaKey`].
type Place = (u16, u16, TerritoryId);

/// By kind, in the pipeline's order, the territories that have rows in every period: those of a vector file, and the values that a region
/// layer declares or that were met in any period; of a crossing those that were met. One pass over the counts, where any must be met.
pub fn territories(content: &Content<'_>) -> Result<Vec<BTreeSet<TerritoryId>>> {
    let known = |kind: &Kind| match kind.from {
        KindFrom::Polygons => (0..kind.territories.len() as i32).map(TerritoryId::of).collect(),
        KindFrom::Layer(_) | KindFrom::Crossing(_) => {
            kind.territories.iter().filter_map(|one| one.key.parse().ok()).map(TerritoryId::of).collect()
        }
    };
    let mut all: Vec<BTreeSet<TerritoryId>> = content.kinds.iter().map(known).collect();
    if content.kinds.iter().all(|kind| kind.from == KindFrom::Polygons) {
        return Ok(all);
    }
    for entry in content.outcomes.tally.areas.sorted()? {
        let (key, _) = entry?;
        if key.kind > 0 && key.territory != TerritoryId::NONE {
            all[usize::from(key.kind) - 1].insert(key.territory);
        }
    }
    Ok(all)
}

/// All rows of `areas.parquet`; every territory has one in every period, if only with 0 pixels.
pub struct AreaRows<'a> {
    content: &'a Content<'a>,
    counted: Peekable<Sorted<'a, AreaKey>>,
    due: Peekable<std::vec::IntoIter<Place>>,
}

impl<'a> AreaRows<'a> {
    /// From the first row; `territories` are [those that have rows](territories).
    ///
    /// # Errors
    /// Where counts that lie on disk cannot be read.
    pub fn new(content: &'a Content<'a>, territories: &[BTreeSet<TerritoryId>]) -> Result<Self> {
        let mut due = Vec::new();
        for period in 0..content.plan.periods.len() as u16 {
            for (territories, kind) in territories.iter().zip(1..) {
                due.extend(territories.iter().map(|territory| (period, kind, *territory)));
            }
        }
        let counted = content.outcomes.tally.areas.sorted()?.peekable();
        Ok(AreaRows { content, counted, due: due.into_iter().peekable() })
    }

    fn row(&self, key: &AreaKey, amount: &Amount) -> AreaRow {
        let (territory, name) = words(self.content, key.kind, key.territory);
        AreaRow {
            period: self.content.plan.periods[usize::from(key.period)].clone(),
            territory_kind: kind_name(self.content, key.kind),
            territory,
            territory_name: name,
            class: key.class.unwrap_or(self.content.pipeline.outputs.nodata),
            source: key.source,
            rule: key.rule,
            pixels: amount.pixels as i64,
            area_ha: self.content.outcomes.factors.hectares(amount.area),
        }
    }

    fn empty(&self, (period, kind, territory): Place) -> AreaRow {
        self.row(&AreaKey { period, kind, territory, class: None, source: 0, rule: 0 }, &Amount::default())
    }
}

impl Iterator for AreaRows<'_> {
    type Item = Result<AreaRow>;

    fn next(&mut self) -> Option<Self::Item> {
        let place = match self.counted.peek() {
            Some(Ok((key, _))) => Some((key.period, key.kind, key.territory)),
            Some(Err(_)) | None => None,
        };
        let due = self.due.next_if(|due| place.is_none_or(|place| *due <= place));
        match (self.counted.peek(), due) {
            (Some(Err(_)), _) => self.counted.next()?.err().map(Err),
            (_, Some(due)) if Some(due) != place => Some(Ok(self.empty(due))),
            _ => self.counted.next()?.ok().map(|(key, amount)| Ok(self.row(&key, &amount))),
        }
    }
}

/// All rows of `transitions.parquet`.
///
/// # Errors
/// Where counts that lie on disk cannot be read.
pub fn transition_rows<'a>(content: &'a Content<'a>) -> Result<impl Iterator<Item = Result<TransitionRow>> + use<'a>> {
    let counted = content.outcomes.tally.transitions.sorted()?;
    Ok(counted.map(|entry| entry.map(|(key, amount)| transition_row(content, &key, &amount))))
}

fn transition_row(content: &Content<'_>, key: &TransitionKey, amount: &Amount) -> TransitionRow {
    let period = |place: u16| content.plan.periods[usize::from(place)].clone();
    let nodata = content.pipeline.outputs.nodata;
    TransitionRow {
        period_from: period(key.period_from),
        period_to: period(key.period_to),
        territory_kind: kind_name(content, key.kind),
        territory: words(content, key.kind, key.territory).0,
        class_from: key.class_from.unwrap_or(nodata),
        class_to: key.class_to.unwrap_or(nodata),
        pixels: amount.pixels as i64,
        area_ha: content.outcomes.factors.hectares(amount.area),
    }
}

fn kind_name(content: &Content<'_>, kind: u16) -> String {
    kind.checked_sub(1).map_or("coverage", |index| &content.kinds[usize::from(index)].name).to_owned()
}

/// Key and name of a territory; both empty for the whole and for what lies in none. Of a crossing those of both, joined by `|`.
pub fn words(content: &Content<'_>, kind: u16, territory: TerritoryId) -> (String, String) {
    let Some(kind) = kind.checked_sub(1).map(usize::from).filter(|_| territory != TerritoryId::NONE) else {
        return Default::default();
    };
    match content.kinds[kind].from {
        KindFrom::Layer(_) => (territory.place().to_string(), String::new()),
        KindFrom::Polygons => {
            let territory = &content.kinds[kind].territories[territory.place() as usize];
            (territory.key.clone(), territory.name.clone())
        }
        KindFrom::Crossing(both) => {
            let [first, second] = territory.parts();
            let (first, second) =
                (words(content, both[0] as u16 + 1, first), words(content, both[1] as u16 + 1, second));
            let names: Vec<String> = [first.1, second.1].into_iter().filter(|name| !name.is_empty()).collect();
            (format!("{}|{}", first.0, second.0), names.join("|"))
        }
    }
}
