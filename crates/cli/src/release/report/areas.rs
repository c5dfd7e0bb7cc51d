//! Areas of the whole, by class and period.

use std::collections::BTreeMap;

use mutirao_engine::areas::Amount;

use super::{
    super::Content,
    charts::{Bar, ByClass, bar},
    words::{ClassName, change, class_name, hectares, percent},
};

/// Columns of periods in the table at most; more stand in a table of their own.
const COLUMNS: usize = 4;

/// Areas in hectares by class and period.
pub fn by_class(content: &Content<'_>) -> ByClass {
    let periods = content.plan.periods.len();
    let mut counted: BTreeMap<Option<u16>, Vec<Amount>> = BTreeMap::new();
    for (key, amount) in &content.outcomes.tally.whole {
        counted.entry(key.class).or_insert_with(|| vec![Amount::default(); periods])[usize::from(key.period)] +=
            *amount;
    }
    let hectares =
        |amounts: Vec<Amount>| amounts.iter().map(|amount| content.outcomes.factors.hectares(amount.area)).collect();
    counted.into_iter().map(|(class, amounts)| (class, hectares(amounts))).collect()
}

/// The table of areas.
pub struct AreaTable {
    /// The periods that have a column.
    pub periods: Vec<String>,
    /// Whether some periods have none.
    pub shortened: bool,
    /// From when to when the change is, if there are several periods.
    pub change: Option<String>,
    /// The classes, largest first.
    pub rows: Vec<AreaRow>,
    /// The sum of each column.
    pub totals: Vec<String>,
    /// All periods, if some have no column above.
    pub all: Vec<String>,
}

/// A class.
pub struct AreaRow {
    /// The class.
    pub class: ClassName,
    /// Its area in the last period, and in the first.
    pub bar: Bar,
    /// Hectares by column.
    pub cells: Vec<String>,
    /// Share of the last period.
    pub share: String,
    /// From the first to the last period.
    pub change: String,
    /// Hectares in all periods.
    pub all: Vec<String>,
}

impl AreaTable {
    /// From areas by class.
    pub fn of(content: &Content<'_>, areas: &ByClass) -> Self {
        let labels = &content.plan.periods;
        let last = labels.len().saturating_sub(1);
        let shortened = labels.len() > COLUMNS;
        let columns: Vec<usize> = if shortened { vec![0, last] } else { (0..labels.len()).collect() };
        let total = |period: usize| areas.values().map(|areas| areas[period]).sum::<f64>();
        let most = areas.values().flatten().copied().fold(0.0, f64::max);
        let mut classes: Vec<_> = areas.iter().collect();
        classes.sort_by(|a, b| b.1[last].total_cmp(&a.1[last]).then(a.0.cmp(b.0)));
        let row = |(class, areas): (&Option<u16>, &Vec<f64>)| {
            let class = class_name(content.pipeline, *class);
            AreaRow {
                bar: bar(&class.color, areas[last], (last > 0).then_some(areas[0]), most),
                cells: columns.iter().map(|period| hectares(areas[*period])).collect(),
                share: percent(areas[last], total(last)),
                change: change(areas[last] - areas[0]),
                all: areas.iter().map(|area| hectares(*area)).collect(),
                class,
            }
        };
        AreaTable {
            periods: columns.iter().map(|period| labels[*period].clone()).collect(),
            shortened,
            change: (last > 0).then(|| format!("{} to {}", labels[0], labels[last])),
            rows: classes.into_iter().map(row).collect(),
            totals: columns.iter().map(|period| hectares(total(*period))).collect(),
            all: labels.clone(),
        }
    }
}
