//! A rehearsal in words.

use std::fmt::Write as _;

use mutirao_core::legend::Legend;

use super::{Rehearsal, Uncounted};
use crate::show::table::{hectares, thousands};

/// Lines of each list.
const SHOWN: usize = 8;

/// What would change, the largest first.
pub fn words(rehearsal: &Rehearsal, legend: Option<&Legend>) -> String {
    let against = if rehearsal.replaces { "as it is now" } else { "without this layer" };
    let mut text = format!("rehearsal: {} merged into the network's coverage, against it {against}\n", rehearsal.layer);
    for period in &rehearsal.periods {
        let share = period.changed as f64 / period.pixels.max(1) as f64 * 100.0;
        let _ = writeln!(
            text,
            "  {}: {} of {} pixels would change ({share:.2} %, {} ha)",
            period.period,
            thousands(period.changed),
            thousands(period.pixels),
            hectares(period.changed_ha)
        );
    }
    let name = |class: Option<u16>| match class {
        None => "nothing".to_owned(),
        Some(class) => match legend.and_then(|legend| legend.get(class)) {
            Some(known) => format!("{class} {}", known.name),
            None => class.to_string(),
        },
    };
    for change in rehearsal.classes.iter().take(SHOWN) {
        let _ = writeln!(
            text,
            "    {}: {} to {}: {} pixels, {} ha",
            change.period,
            name(change.from),
            name(change.to),
            thousands(change.pixels),
            hectares(change.area_ha)
        );
    }
    more(&mut text, rehearsal.classes.len(), "changes of classes");
    for change in rehearsal.territories.iter().take(SHOWN) {
        let territory = if change.territory.is_empty() { "in none".to_owned() } else { change.territory.clone() };
        let named = if change.name.is_empty() || change.name == change.territory {
            String::new()
        } else {
            format!(" {}", change.name)
        };
        let _ = writeln!(
            text,
            "    {}: {} {territory}{named}: {} of {} pixels, {} ha",
            change.period,
            change.kind,
            thousands(change.changed),
            thousands(change.pixels),
            hectares(change.changed_ha)
        );
    }
    more(&mut text, rehearsal.territories.len(), "territories");
    for Uncounted { kind, because } in &rehearsal.uncounted {
        let _ = writeln!(text, "    not counted by {kind}: {because}");
    }
    text
}

fn more(text: &mut String, count: usize, what: &str) {
    if count > SHOWN {
        let _ = writeln!(text, "    and {} further {what} (--json has all)", count - SHOWN);
    }
}
