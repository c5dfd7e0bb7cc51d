//! What became of the classes from the first period to the last, read from `transitions.parquet` piece by piece.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mutirao_engine::{EngineError, Result};
use mutirao_parquet::TransitionReader;

use super::{
    super::Content,
    charts::{Bar, bar},
    words::{ClassName, class_name, hectares, percent},
};

/// Flows that are shown.
const FLOWS: usize = 15;

/// Hectares by the class before and the class after; the coverage's nodata is nothing.
type Areas = BTreeMap<(u16, u16), f64>;

/// What changed.
pub struct Transitions {
    /// The first period.
    pub from: String,
    /// The last.
    pub to: String,
    /// Hectares that changed.
    pub changed: String,
    /// Their share of the area.
    pub share: String,
    /// The largest changes.
    pub flows: Vec<Flow>,
    /// How many there are.
    pub count: usize,
    /// The classes, which are the columns of the matrix.
    pub classes: Vec<ClassName>,
    /// By class before: hectares by class after, and whether it is the same class.
    pub matrix: Vec<(ClassName, Vec<(String, bool)>)>,
}

/// One change.
pub struct Flow {
    /// Before.
    pub from: ClassName,
    /// After.
    pub to: ClassName,
    /// Hectares.
    pub hectares: String,
    /// Share of all that changed.
    pub share: String,
    /// The same as a bar, in the colour of the class after.
    pub bar: Bar,
}

impl Transitions {
    /// From the first to the last period; none where there is one period, or transitions were not counted.
    ///
    /// # Errors
    /// Where the table cannot be read back.
    pub fn of(content: &Content<'_>, folder: &Path) -> Result<Option<Self>> {
        let path = folder.join("transitions.parquet");
        let periods = &content.plan.periods;
        let ([from, .., to], true) = (&periods[..], path.exists()) else { return Ok(None) };
        let areas = read(&path, from, to)?;
        let of = |class: u16| class_name(content.pipeline, (class != content.pipeline.outputs.nodata).then_some(class));
        let whole: f64 = areas.values().sum();
        let mut changes: Vec<((u16, u16), f64)> = areas
            .iter()
            .filter(|((from, to), area)| from != to && **area > 0.0)
            .map(|(key, area)| (*key, *area))
            .collect();
        changes.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let changed: f64 = changes.iter().map(|(_, area)| area).sum();
        let most = changes.first().map_or(0.0, |(_, area)| *area);
        let flow = |((from, to), area): &((u16, u16), f64)| {
            let to = of(*to);
            Flow {
                bar: bar(&to.color, *area, None, most),
                from: of(*from),
                to,
                hectares: hectares(*area),
                share: percent(*area, changed),
            }
        };
        let classes: BTreeSet<u16> = areas.keys().flat_map(|(from, to)| [*from, *to]).collect();
        let cell =
            |from: u16, to: u16| (areas.get(&(from, to)).map_or(String::new(), |area| hectares(*area)), from == to);
        let line = |from: &u16| (of(*from), classes.iter().map(|to| cell(*from, *to)).collect());
        Ok(Some(Transitions {
            from: from.clone(),
            to: to.clone(),
            changed: hectares(changed),
            share: percent(changed, whole),
            flows: changes.iter().take(FLOWS).map(flow).collect(),
            count: changes.len(),
            classes: classes.iter().map(|class| of(*class)).collect(),
            matrix: classes.iter().map(line).collect(),
        }))
    }
}

fn read(path: &Path, from: &str, to: &str) -> Result<Areas> {
    let failed =
        |error: mutirao_parquet::Error| EngineError::Malformed { path: path.to_owned(), what: error.to_string() };
    let mut areas = Areas::new();
    for rows in TransitionReader::open(path).map_err(failed)? {
        let rows = rows.map_err(failed)?;
        let wanted = rows
            .iter()
            .filter(|row| row.territory_kind == "coverage" && row.period_from == from && row.period_to == to);
        for row in wanted {
            *areas.entry((row.class_from, row.class_to)).or_default() += row.area_ha;
        }
    }
    Ok(areas)
}
