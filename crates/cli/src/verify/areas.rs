//! The rows of areas.parquet against what was counted.

mod words;

use std::collections::{BTreeMap, BTreeSet};

use mutirao_engine::areas::{Amount, AreaFactors};
use mutirao_parquet::AreaRow;

use super::{
    kinds::{Kind, Place},
    periods::Periods,
    report::{RESTORE, Report},
    scan::Scan,
};

use words::words_of;

/// How far a stated area may lie from the counted one, as a share of it.
pub(super) const TOLERANCE: f64 = 1e-9;

/// The territory of all rows of a kind, where nobody can say which lies where.
const ALL: &str = "\u{0}all";

/// What rows are compared with.
pub struct Compared<'a> {
    /// Its rasters.
    pub periods: &'a Periods,
    /// Its kinds, from 1.
    pub kinds: &'a [Kind],
    /// True areas.
    pub factors: Option<&'a AreaFactors>,
    /// What was counted.
    pub scan: &'a Scan,
}

/// A row as far as it can be told from others by the pixels.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    period: usize,
    kind: usize,
    territory: String,
    class: u16,
    source: u16,
    rule: u16,
}

/// Period, kind and territory.
type Where = (usize, usize, String);

/// What the table says.
#[derive(Debug, Clone, Copy, Default)]
struct Stands {
    row: usize,
    pixels: i64,
    area_ha: f64,
}

/// Checks all rows.
pub fn check(compared: &Compared<'_>, rows: &[AreaRow], report: &mut Report) {
    let blind = compared.blind(report);
    let table = compared.table(rows, &blind, report);
    let (counted, unknown) = compared.counted(&blind);
    let speaking: BTreeSet<Where> = counted.keys().map(Key::place).collect();
    let mut of_nothing: BTreeMap<Where, u64> = BTreeMap::new();
    for key in table.keys().chain(counted.keys()).collect::<BTreeSet<_>>() {
        let due = counted.get(key).copied().unwrap_or_default();
        let may_be_more =
            unknown.get(&key.place()).filter(|_| key.class == compared.periods.said.nodata).copied().unwrap_or(0);
        let may_be_empty = (key.class, key.source, key.rule) == (compared.periods.said.nodata, 0, 0)
            && !speaking.contains(&key.place());
        let stands = table.get(key);
        if may_be_more > 0 {
            let surplus = stands.map_or(0, |stands| stands.pixels.max(0) as u64).saturating_sub(due.pixels);
            *of_nothing.entry(key.place()).or_default() += surplus;
        }
        if let Some(wrong) = compared.wrong(due, may_be_more, stands, may_be_empty) {
            report.find("verify-area-row", compared.message(key, stands, &wrong), RESTORE);
        }
    }
    for ((period, kind, territory), surplus) in of_nothing {
        let most = unknown.get(&(period, kind, territory.clone())).copied().unwrap_or(0);
        if surplus > most {
            let place = compared.place_words(period, kind, &territory);
            let message = format!(
                "areas.parquet, {place}: its rows of nothing hold {surplus} pixels more than were counted, at most {most} can be"
            );
            report.find("verify-area-row", message, RESTORE);
        }
    }
    compared.empty_territories(&table, &speaking, &blind, report);
}

/// Kinds whose rows cannot be told apart by territory in a period, by kind and period: whether they share all pixels out among them.
type Blind = BTreeMap<(usize, usize), bool>;

impl Compared<'_> {
    fn blind(&self, report: &mut Report) -> Blind {
        let mut blind = Blind::new();
        for (index, kind) in self.kinds.iter().enumerate() {
            for period in 0..self.periods.periods.len() {
                let (why, in_sum) = match &kind.place {
                    Place::Unknown { why, in_sum } => (Some(why), *in_sum),
                    Place::Polygons(_) | Place::Region(_) | Place::Crossing(_) => {
                        (self.scan.blind.get(&(index, period)), true)
                    }
                };
                let Some(why) = why else { continue };
                let how = if in_sum { "; they were compared in sum" } else { "" };
                report.note(format!(
                    "the rows of {} were not checked territory by territory, because {why}{how}",
                    kind.name
                ));
                blind.insert((index + 1, period), in_sum);
            }
        }
        for (period, why) in self.periods.periods.iter().zip(&self.scan.incomplete) {
            if let Some(why) = why {
                report.note(format!(
                    "the rows of {} were not checked, because not all pixels can be read: {why}",
                    period.label
                ));
            }
        }
        blind
    }

    fn is_countable(&self, period: usize, kind: usize, blind: &Blind) -> bool {
        self.scan.incomplete[period].is_none() && blind.get(&(kind, period)).is_none_or(|in_sum| *in_sum)
    }

    /// The table, with what the pixels cannot tell apart added up.
    fn table(&self, rows: &[AreaRow], blind: &Blind, report: &mut Report) -> BTreeMap<Key, Stands> {
        let mut table: BTreeMap<Key, Stands> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for (row, number) in rows.iter().zip(1..) {
            let mut wrong = |what: &str| {
                report.find("verify-area-row", format!("areas.parquet, {}: {what}", words_of(row, number)), RESTORE);
            };
            let Some(key) = self.key(row) else {
                wrong("there is no such period or kind");
                continue;
            };
            if !seen.insert(key.clone()) {
                wrong("it stands twice");
            }
            let due = self.name(&key);
            if row.territory_name != due {
                wrong(&format!(
                    "the territory is called {:?}, territories.parquet calls it {due:?}",
                    row.territory_name
                ));
            }
            if !self.is_countable(key.period, key.kind, blind) {
                continue;
            }
            report.figures.rows += 1;
            let stands = table.entry(self.project(key, blind)).or_insert(Stands { row: number, ..Stands::default() });
            stands.pixels = stands.pixels.saturating_add(row.pixels);
            stands.area_ha += row.area_ha;
        }
        table
    }

    fn key(&self, row: &AreaRow) -> Option<Key> {
        let period = self.periods.periods.iter().position(|period| period.label == row.period)?;
        let kind = match row.territory_kind.as_str() {
            "coverage" => 0,
            name => self.kinds.iter().position(|kind| kind.name == name)? + 1,
        };
        Some(Key {
            period,
            kind,
            territory: row.territory.clone(),
            class: row.class,
            source: row.source,
            rule: row.rule,
        })
    }

    /// Drops what the release's rasters do not say.
    fn project(&self, mut key: Key, blind: &Blind) -> Key {
        if blind.contains_key(&(key.kind, key.period)) {
            key.territory = ALL.to_owned();
        }
        if self.periods.said.provenance < 3 {
            key.rule = 0;
        }
        if self.periods.said.provenance == 0 {
            key.source = 0;
        }
        key
    }

    fn name(&self, key: &Key) -> &str {
        let Some(at) = key.kind.checked_sub(1) else { return "" };
        let territories = &self.kinds[at].territories;
        territories.binary_search_by(|(known, _)| known.cmp(&key.territory)).map_or("", |at| &territories[at].1)
    }

    /// What was counted, and by place the pixels of nothing of which nobody says whether they lie inside.
    fn counted(&self, blind: &Blind) -> (BTreeMap<Key, Amount>, BTreeMap<Where, u64>) {
        let mut counted: BTreeMap<Key, Amount> = BTreeMap::new();
        let mut unknown: BTreeMap<Where, u64> = BTreeMap::new();
        let mut add = |period: usize, kind: usize, territory: String, of: Option<[u16; 3]>, amount: Amount| match of {
            Some([class, source, rule]) => {
                *counted.entry(Key { period, kind, territory, class, source, rule }).or_default() += amount;
            }
            None => *unknown.entry((period, kind, territory)).or_default() += amount.pixels,
        };
        for (key, amount) in &self.scan.census.areas {
            let (period, kind) = (usize::from(key.period), usize::from(key.kind));
            if self.scan.incomplete[period].is_some() || blind.contains_key(&(kind, period)) {
                continue;
            }
            add(period, kind, self.territory(kind, key.zone), key.of, *amount);
            // In sum, the territories of a region layer are the whole.
            let in_sum = blind.iter().filter(|((_, of), in_sum)| kind == 0 && *of == period && **in_sum);
            in_sum.for_each(|((kind, _), _)| add(period, *kind, ALL.to_owned(), key.of, *amount));
        }
        (counted, unknown)
    }

    fn territory(&self, kind: usize, zone: u32) -> String {
        kind.checked_sub(1).map_or_else(String::new, |at| self.kinds[at].key(zone))
    }

    /// What is wrong with a row, if anything: pixels first, then the area.
    fn wrong(&self, due: Amount, may_be_more: u64, stands: Option<&Stands>, may_be_empty: bool) -> Option<String> {
        let Some(stands) = stands else {
            return Some(format!("the row is missing; {} pixels were counted", due.pixels));
        };
        let found = u64::try_from(stands.pixels).ok();
        let fits = found.is_some_and(|found| due.pixels <= found && found - due.pixels <= may_be_more);
        if !fits {
            let most = if may_be_more > 0 { format!(" to {}", due.pixels + may_be_more) } else { String::new() };
            return Some(format!("it says {} pixels, {}{most} were counted", stands.pixels, due.pixels));
        }
        if found == Some(0) && !may_be_empty {
            return Some("it says 0 pixels; only a territory without any has such a row, of nothing".to_owned());
        }
        if may_be_more > 0 {
            return None;
        }
        let area = self.factors?.hectares(due.area);
        let near = (stands.area_ha - area).abs() <= TOLERANCE * area.abs();
        (!near).then(|| format!("it says {} ha, {} pixels there have {area} ha", stands.area_ha, due.pixels))
    }

    /// Territories without any pixel have a row all the same. Of a region layer only those that occur are known.
    fn empty_territories(
        &self,
        table: &BTreeMap<Key, Stands>,
        speaking: &BTreeSet<Where>,
        blind: &Blind,
        report: &mut Report,
    ) {
        let told: BTreeSet<Where> = table.keys().map(Key::place).collect();
        for (period, of) in self.periods.periods.iter().enumerate() {
            for (kind, number) in self.kinds.iter().zip(1..) {
                if !matches!(kind.place, Place::Polygons(_)) || !self.is_countable(period, number, blind) {
                    continue;
                }
                for (territory, _) in &kind.territories {
                    let place = (period, number, territory.clone());
                    if !told.contains(&place) && !speaking.contains(&place) {
                        let message = format!(
                            "areas.parquet, {}, {} {territory}: it has no row, though every territory has",
                            of.label, kind.name
                        );
                        report.find("verify-area-row", message, RESTORE);
                    }
                }
            }
        }
    }
}

impl Key {
    fn place(&self) -> Where {
        (self.period, self.kind, self.territory.clone())
    }
}
