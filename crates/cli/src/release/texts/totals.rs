//! What of a release's areas the README tells: sums of the whole, by period.

use std::collections::BTreeMap;

use mutirao_parquet::AreaRow;

/// Pixels and their true area.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Extent {
    /// Pixels.
    pub pixels: i64,
    /// Hectares.
    pub hectares: f64,
}

impl Extent {
    fn add(&mut self, row: &AreaRow) {
        self.pixels += row.pixels;
        self.hectares += row.area_ha;
    }
}

/// The sums of one period.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PeriodTotals {
    /// Everything inside the coverage's area.
    pub whole: Extent,
    /// By class; those that are nothing are left out.
    pub classes: BTreeMap<u16, Extent>,
    /// By source from 1.
    pub sources: BTreeMap<u16, Extent>,
    /// Nothing, and nobody's word.
    pub gaps: Extent,
    /// Nothing, because a rule gives it.
    pub emptied: Extent,
    /// A class, and nobody's word: the class of what no rule claims.
    pub unclaimed: Extent,
}

/// The sums of all periods.
#[derive(Debug, Clone, PartialEq)]
pub struct Totals {
    nodata: u16,
    by_period: BTreeMap<String, PeriodTotals>,
}

impl Totals {
    /// Of no row yet; `nodata` is the class of nothing.
    pub fn new(nodata: u16) -> Self {
        Totals { nodata, by_period: BTreeMap::new() }
    }

    /// Adds a row; rows of territories are passed over.
    pub fn add(&mut self, row: &AreaRow) {
        if row.territory_kind != "coverage" {
            return;
        }
        // Most rows are of the period before, whose label need not be copied.
        if !self.by_period.contains_key(&row.period) {
            self.by_period.insert(row.period.clone(), PeriodTotals::default());
        }
        let Some(totals) = self.by_period.get_mut(&row.period) else { return };
        totals.whole.add(row);
        match (row.class == self.nodata, row.source) {
            (true, 0) => totals.gaps.add(row),
            (true, _) => totals.emptied.add(row),
            (false, 0) => totals.unclaimed.add(row),
            (false, _) => {}
        }
        if row.class != self.nodata {
            totals.classes.entry(row.class).or_default().add(row);
        }
        if row.source != 0 {
            totals.sources.entry(row.source).or_default().add(row);
        }
    }

    /// The sums of a period: zeros where nothing lies inside the area.
    pub fn of(&self, period: &str) -> PeriodTotals {
        self.by_period.get(period).cloned().unwrap_or_default()
    }
}
