//! Areas of the members of composites: whether two are responsible for one region, or none.

use mutirao_core::finding::Finding;
use mutirao_core::pipeline::{Layer, Member, Pipeline};
use mutirao_core::rule::{Condition, LayerId};
use mutirao_core::values::ValueSet;

use super::words::{series, values};

/// What is wrong with the areas of members, or odd about them: `area-overlap` and `area-uncovered`.
///
/// One region with two responsible members is an error: which of them counts would hang on their order alone. Areas of different
/// region layers may meet in some pixels, which nobody knows before reading them: a warning says what counts there. A declared
/// region without anybody is a warning too, since a composite may leave regions to other layers.
pub fn lint_areas(pipeline: &Pipeline) -> Vec<Finding> {
    let composites = pipeline.layers.iter().filter(|layer| layer.is_composite());
    composites.flat_map(|layer| of_layer(pipeline, layer)).collect()
}

fn of_layer(pipeline: &Pipeline, layer: &Layer) -> Vec<Finding> {
    let members: Vec<(&Member, &Condition)> =
        layer.members.iter().filter_map(|member| Some((member, member.area.as_ref()?))).collect();
    let mut findings = Vec::new();
    for (at, (member, area)) in members.iter().enumerate() {
        for (earlier, other) in &members[..at] {
            let shared = area.values.intersection(&other.values);
            let can_occur = match pipeline.declared(area.layer) {
                Some(declared) => shared.intersection(&declared),
                None => shared,
            };
            if other.layer == area.layer && !can_occur.is_empty() && share_a_period(member, earlier) {
                findings.push(overlap(pipeline, layer, [earlier, member], (area.layer, &can_occur)));
            }
        }
    }
    let mut regions: Vec<LayerId> = members.iter().map(|(_, area)| area.layer).collect();
    regions.sort_unstable();
    regions.dedup();
    match regions[..] {
        [only] => findings.extend(uncovered(pipeline, layer, only, &members)),
        [] => {}
        _ => findings.push(two_ways(pipeline, layer, &regions)),
    }
    findings
}

/// Members that speak for no period in common never meet: so one partner takes over from another.
fn share_a_period(a: &Member, b: &Member) -> bool {
    a.inputs.iter().any(|input| b.inputs.iter().any(|other| other.period == input.period))
}

fn name(member: &Member) -> &str {
    member.name.as_deref().unwrap_or_default()
}

fn overlap(pipeline: &Pipeline, layer: &Layer, pair: [&Member; 2], (region, shared): (LayerId, &ValueSet)) -> Finding {
    let [earlier, member] = pair.map(name);
    let region = &pipeline.layers[region].name;
    let written = pair.into_iter().rev().filter_map(|member| {
        let set = &member.area.as_ref()?.values;
        set.written().map(|_| format!("; the area of `{}` is {set}", name(member)))
    });
    let message = format!(
        "two members of `{}`, `{earlier}` and `{member}`, are responsible where `{region}` is {}{}",
        layer.name,
        values(shared),
        written.collect::<String>()
    );
    let mend = format!(
        "take {} out of the `area` of one of them; for one to fill in where the other is nothing, write `fallback`",
        values(shared).replace(" or ", " and ")
    );
    Finding::error("area-overlap", message).with_layer(&layer.name).at(pair[1].place.clone()).with_mend(mend)
}

fn two_ways(pipeline: &Pipeline, layer: &Layer, regions: &[LayerId]) -> Finding {
    let regions: Vec<String> = regions.iter().map(|region| format!("`{}`", pipeline.layers[*region].name)).collect();
    let message = format!(
        "areas of `{}` are asked of {}: where two members are responsible, the first listed that speaks counts",
        layer.name,
        series(&regions, "and")
    );
    Finding::warning("area-overlap", message)
        .with_layer(&layer.name)
        .at(layer.place.clone())
        .with_mend("ask all areas of one region layer, or list the members in the order that is meant")
}

fn uncovered(
    pipeline: &Pipeline,
    layer: &Layer,
    region: LayerId,
    members: &[(&Member, &Condition)],
) -> Option<Finding> {
    let declared = pipeline.declared(region)?;
    let covered = members.iter().fold(ValueSet::empty(), |all, (_, area)| all.union(&area.values));
    let left = declared.intersection(&covered.complement()).with_nothing(false);
    if left.is_empty() {
        return None;
    }
    let message = format!(
        "no member of `{}` is responsible where `{}` is {}: there it is nothing",
        layer.name,
        pipeline.layers[region].name,
        values(&left)
    );
    let mend =
        format!("add {} to the `area` of a member, if it should speak there", values(&left).replace(" or ", " and "));
    Some(Finding::warning("area-uncovered", message).with_layer(&layer.name).at(layer.place.clone()).with_mend(mend))
}
