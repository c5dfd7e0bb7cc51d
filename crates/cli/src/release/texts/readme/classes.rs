//! Classes and their areas.

use std::collections::BTreeSet;

use super::{Readme, area, percent};
use crate::release::texts::{
    areas_csv::NOTHING,
    markdown::{plain, table},
};

impl Readme<'_> {
    /// The classes that stand in the map in any period shown, as they come in the legend.
    pub(super) fn classes(&self) -> String {
        let totals: Vec<_> = self.shown.iter().map(|period| self.totals.of(period)).collect();
        let present: BTreeSet<u16> = totals.iter().flat_map(|totals| totals.classes.keys().copied()).collect();
        let mut header = vec!["class".to_owned(), "name".to_owned(), "within".to_owned()];
        header.extend(self.shown.iter().flat_map(|period| [format!("{} ha", plain(period)), "share".to_owned()]));
        let mut rows = vec![header];
        let legend = &self.content.pipeline.legend;
        for class in &present {
            let path = legend.path(*class);
            let name = path.last().map_or(String::new(), |own| plain(&own.name));
            let above: Vec<String> =
                path.iter().take(path.len().saturating_sub(1)).map(|class| plain(&class.name)).collect();
            let mut row = vec![class.to_string(), name, above.join(" / ")];
            for totals in &totals {
                let own = totals.classes.get(class).map_or(0.0, |extent| extent.hectares);
                row.extend([area(own), percent(own, totals.whole.hectares)]);
            }
            rows.push(row);
        }
        if totals.iter().any(|totals| totals.gaps.pixels + totals.emptied.pixels > 0) {
            let mut row = vec![String::new(), NOTHING.to_owned(), String::new()];
            for totals in &totals {
                let nothing = totals.gaps.hectares + totals.emptied.hectares;
                row.extend([area(nothing), percent(nothing, totals.whole.hectares)]);
            }
            rows.push(row);
        }
        let body =
            if rows.len() > 1 { table(&rows, 3) } else { "No class stands anywhere in these periods.\n".to_owned() };
        let absent = legend.classes().len().saturating_sub(present.len());
        let rest = match absent {
            0 => String::new(),
            absent => format!(
                "\n{} of the legend {} nowhere in these periods: headings of others, or not found.\n",
                if absent == 1 { "1 class".to_owned() } else { format!("{absent} classes") },
                if absent == 1 { "stands" } else { "stand" }
            ),
        };
        format!("## Classes\n\n{body}{rest}")
    }
}
