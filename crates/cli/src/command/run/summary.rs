//! What a run tells when it is done.

use std::collections::{BTreeMap, HashMap};

use mutirao_core::pipeline::Pipeline;
use mutirao_engine::plan::Plan;

use super::publish::Published;
use crate::show::table::{hectares, share, table, thousands};

/// The release, and what is in it: classes with areas, and who won how much.
pub fn summary(pipeline: &Pipeline, plan: &Plan, published: &Published) -> String {
    let mut by_class: BTreeMap<(u16, Option<u16>), u128> = BTreeMap::new();
    let mut by_source: HashMap<u16, u64> = HashMap::new();
    let mut total = 0u64;
    for (key, amount) in &published.whole {
        *by_class.entry((key.period, key.class)).or_default() += amount.area;
        *by_source.entry(key.source).or_default() += amount.pixels;
        total += amount.pixels;
    }
    let shown: Vec<u16> = match plan.periods.len() {
        0 => Vec::new(),
        1 => vec![0],
        periods => vec![0, periods as u16 - 1],
    };
    let mut header = vec!["class".to_owned(), "name".to_owned()];
    header.extend(shown.iter().map(|period| format!("{} ha", plan.periods[usize::from(*period)])));
    let mut rows = vec![header];
    let classes: std::collections::BTreeSet<Option<u16>> = by_class.keys().map(|(_, class)| *class).collect();
    for class in classes {
        let name = match class {
            None => "(nothing)".to_owned(),
            Some(class) => pipeline.legend.get(class).map_or(String::new(), |class| class.name.clone()),
        };
        let mut row = vec![class.map_or("-".to_owned(), |class| class.to_string()), name];
        row.extend(shown.iter().map(|period| {
            let area = by_class.get(&(*period, class)).copied().unwrap_or(0);
            hectares(published.factors.hectares(area))
        }));
        rows.push(row);
    }
    let mut text = table(&rows, &[1]);
    text.push('\n');
    let mut won = vec![["source", "partner", "pixels", "share"].map(str::to_owned).to_vec()];
    for (layer, planned) in pipeline.layers.iter().zip(&plan.layers) {
        for (member, facts) in layer.members.iter().zip(&planned.members) {
            let Some(pixels) = by_source.get(&facts.source) else { continue };
            let name = member.name.as_ref().map_or(layer.name.clone(), |name| format!("{} / {name}", layer.name));
            let partner = member.partner.map(|at| pipeline.partners[at].name.clone()).unwrap_or_default();
            won.push(vec![name, partner, thousands(*pixels), share(*pixels, total)]);
        }
    }
    if let Some(gaps) = by_source.get(&0) {
        won.push(vec!["(nobody)".to_owned(), String::new(), thousands(*gaps), share(*gaps, total)]);
    }
    text.push_str(&table(&won, &[1]));
    if let Some(words) = published.rerun.as_ref().and_then(|rerun| rerun.words(true)) {
        text.push_str(&format!("\ntiles:   {words}"));
    }
    let what = if published.is_draft { "draft, no release" } else { "release" };
    text.push_str(&format!("\n{what}: {}", published.path.display()));
    text
}
