//! The rows of `areas.parquet` and `transitions.parquet`, one after another in the order of their keys.

use std::collections::BTreeSet;
use std::iter::Peekable;

use mutirao_engine::{
    Result,
    areas::Amount,
    count::{AreaKey, Sorted, TerritoryId, TransitionKey},
    territories::KindFrom,
};
use mutirao_parquet::{AreaRow, TransitionRow};

use super::Content;

/// Period, kind and territory, as in [`AreaKey`].
type Place = (u16, u16, TerritoryId);

/// The territories of a kind (from 1) that have rows in every period, in their order: those of a vector file, and the values that a region
/// layer declares or that were met in any period; of a crossing those that were met.
pub fn territories(content: &Content<'_>, kind: u16) -> Result<BTreeSet<TerritoryId>> {
    let of = &content.kinds[usize::from(kind) - 1];
    if of.from == KindFrom::Polygons {
        return Ok((0..of.territories.len() as i32).map(TerritoryId::of).collect());
    }
    let declared = of.territories.iter().filter_map(|territory| territory.key.parse().ok());
    let mut values: BTreeSet<TerritoryId> = declared.map(TerritoryId::of).collect();
    for entry in content.outcomes.tally.areas.sorted()? {
        let (key, _) = entry?;
        if key.kind == kind && key.territory != TerritoryId::NONE {
            values.insert(key.territory);
        }
    }
    Ok(values)
}

/// All rows of `areas.parquet`; every territory has one in every period, if only with 0 pixels.
pub struct AreaRows<'a> {
    content: &'a Content<'a>,
    counted: Peekable<Sorted<'a, AreaKey>>,
    due: Peekable<std::vec::IntoIter<Place>>,
}

impl<'a> AreaRows<'a> {
    /// From the first row.
    ///
    /// # Errors
    /// Where counts that lie on disk cannot be read.
    pub fn new(content: &'a Content<'a>) -> Result<Self> {
        let kinds = 1..=content.kinds.len() as u16;
        let known = kinds.map(|kind| Ok((kind, territories(content, kind)?))).collect::<Result<Vec<_>>>()?;
        let mut due = Vec::new();
        for period in 0..content.plan.periods.len() as u16 {
            for (kind, territories) in &known {
                due.extend(territories.iter().map(|territory| (period, *kind, *territory)));
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
