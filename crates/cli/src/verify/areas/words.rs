//! Rows of areas.parquet in words.

use mutirao_parquet::AreaRow;

use super::{ALL, Compared, Key, Stands};

impl Compared<'_> {
    pub(super) fn place_words(&self, period: usize, kind: usize, territory: &str) -> String {
        let label = &self.periods.periods[period].label;
        let kind = kind.checked_sub(1).map_or("coverage", |at| &self.kinds[at].name);
        match territory {
            ALL => format!("{label}, all {kind} together"),
            "" if kind == "coverage" => format!("{label}, {kind}"),
            "" => format!("{label}, in no {kind}"),
            _ => format!("{label}, {kind} {territory}"),
        }
    }

    pub(super) fn message(&self, key: &Key, stands: Option<&Stands>, wrong: &str) -> String {
        let Key { period, kind, territory, class, source, rule } = key;
        let place = self.place_words(*period, *kind, territory);
        let provenance = match self.periods.said.provenance {
            0 => String::new(),
            1 => format!(", source {source}"),
            _ => format!(", source {source}, rule {rule}"),
        };
        let row = stands.map_or(String::new(), |stands| format!("row {}, ", stands.row));
        format!("areas.parquet, {row}{place}, class {class}{provenance}: {wrong}")
    }
}

/// A row as the table says it.
pub(super) fn words_of(row: &AreaRow, number: usize) -> String {
    let AreaRow { period, territory_kind, territory, class, source, rule, .. } = row;
    format!("row {number}, {period}, {territory_kind} {territory}, class {class}, source {source}, rule {rule}")
}
