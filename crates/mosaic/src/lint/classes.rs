//! Classes that no rule takes up or gives, and layers that nothing asks for.

use mutirao_core::finding::{ClassRegions, Finding, Severity, Where};
use mutirao_core::rule::{Condition, Give, LayerId, Role, Rule, RuleLayer, RuleTable};
use mutirao_core::values::ValueSet;

use super::space::{Claim, Space};
use super::variable::{list, named};
use super::words::{series, values};

/// More classes or regions than this are not told apart.
const MAX_KEYS: usize = 65_536;

/// `class-unclaimed`, one a class layer.
pub(super) fn unclaimed(table: &RuleTable, space: &Space) -> Vec<Finding> {
    let regions = Regions::of(table);
    let used = used_layers(table);
    let layers = 0..table.layers.len();
    // A layer that nothing asks for is `layer-unused`, which says it all.
    layers
        .filter(|layer| used[*layer])
        .filter_map(|layer| unclaimed_of(table, space, layer, regions.as_ref()))
        .collect()
}

/// The regions in which classes may be unclaimed.
struct Regions {
    layer: LayerId,
    values: Vec<i32>,
}

impl Regions {
    /// The declared values of the region layer that the coverage lies within, else those that conditions on it name.
    fn of(table: &RuleTable) -> Option<Self> {
        let layer = table.within?;
        let set = table.layers[layer].declared.clone().unwrap_or_else(|| {
            let asked = conditions(table).filter(|condition| condition.layer == layer);
            asked.fold(ValueSet::empty(), |all, condition| all.union(&named(&condition.values)))
        });
        let values = list(&set, MAX_KEYS).filter(|values| !values.is_empty())?;
        Some(Regions { layer, values })
    }
}

/// A class that no rule takes up somewhere.
struct Unclaimed {
    class: i32,
    everywhere: bool,
    regions: Vec<i32>,
}

fn unclaimed_of(table: &RuleTable, space: &Space, layer: LayerId, regions: Option<&Regions>) -> Option<Finding> {
    let entry = &table.layers[layer];
    let classes = match (entry.role, &entry.declared) {
        (Role::Class, Some(declared)) => list(declared, MAX_KEYS)?,
        _ => return None,
    };
    let on_layer = table.rules.iter().filter(|rule| rule.layer == layer).map(|rule| space.of_rule(rule));
    let claims: Vec<Claim> = on_layer.filter(|claim| space.emptied(&claim.cube).is_none()).collect();
    let unclaimed: Vec<Unclaimed> =
        classes.into_iter().filter_map(|class| gaps(space, layer, class, &claims, regions)).collect();
    (!unclaimed.is_empty()).then(|| finding(table, layer, &unclaimed, regions))
}

/// Where no claim on a layer takes up a class of it.
fn gaps(space: &Space, layer: LayerId, class: i32, claims: &[Claim], regions: Option<&Regions>) -> Option<Unclaimed> {
    let of_class = space.variable(layer).class_of(class)?;
    let taking: Vec<&Claim> = claims.iter().filter(|claim| space.holds(&claim.cube, layer, of_class)).collect();
    let Some(regions) = regions else {
        return taking.is_empty().then(|| Unclaimed { class, everywhere: true, regions: Vec::new() });
    };
    let variable = space.variable(regions.layer);
    let claimed = |region: usize| taking.iter().any(|claim| space.holds(&claim.cube, regions.layer, region));
    let claimed: Vec<bool> = (0..variable.len()).map(claimed).collect();
    let missing = |region: &i32| variable.class_of(*region).is_some_and(|class| !claimed[class]);
    let missing: Vec<i32> = regions.values.iter().copied().filter(missing).collect();
    let everywhere = !claimed.contains(&true);
    (!missing.is_empty()).then_some(Unclaimed { class, everywhere, regions: missing })
}

fn finding(table: &RuleTable, layer: LayerId, unclaimed: &[Unclaimed], regions: Option<&Regions>) -> Finding {
    let name = &table.layers[layer].name;
    let severity = if table.unclaimed.is_some() { Severity::Info } else { Severity::Warning };
    let within = regions.map(|regions| table.layers[regions.layer].name.as_str());
    let message = format!("no rule takes up these classes of `{name}`: {}", places(unclaimed, within));
    let mut finding = Finding::new("class-unclaimed", severity, message)
        .with_layer(name.clone())
        .with_mend(format!("add rules that take them, or end the list with `take: {{ {name}: any }}`"));
    finding.class = unclaimed.iter().map(|one| one.class).collect();
    finding.place = within.map(|layer| {
        let of =
            |one: &Unclaimed| ClassRegions { class: one.class, layer: layer.to_owned(), regions: one.regions.clone() };
        Where::Regions(unclaimed.iter().map(of).collect())
    });
    finding
}

/// ``1 and 2 everywhere; 15 where `biomes` is 2 or 5``: classes of the same regions together.
fn places(unclaimed: &[Unclaimed], within: Option<&str>) -> String {
    let mut groups: Vec<(&Unclaimed, Vec<String>)> = Vec::new();
    for one in unclaimed {
        let same =
            |group: &&mut (&Unclaimed, _)| group.0.regions == one.regions && group.0.everywhere == one.everywhere;
        match groups.iter_mut().find(same) {
            Some(group) => group.1.push(one.class.to_string()),
            None => groups.push((one, vec![one.class.to_string()])),
        }
    }
    let words = groups.iter().map(|(one, classes)| match within {
        Some(layer) if !one.everywhere => {
            let regions = ValueSet::from_values(one.regions.iter().copied());
            format!("{} where `{layer}` is {}", series(classes, "and"), values(&regions))
        }
        _ => format!("{} everywhere", series(classes, "and")),
    });
    words.collect::<Vec<_>>().join("; ")
}

/// `class-never-given`: ids of the legend that no output can be.
pub(super) fn never_given(table: &RuleTable, space: &Space, legend_ids: &[u16]) -> Option<Finding> {
    let given = table.rules.iter().fold(ValueSet::empty(), |all, rule| all.union(&given_by(space, rule)));
    let mut missing: Vec<i32> = legend_ids
        .iter()
        .filter(|&&id| table.unclaimed != Some(id) && !given.contains(i32::from(id)))
        .map(|&id| i32::from(id))
        .collect();
    missing.sort_unstable();
    missing.dedup();
    let set = ValueSet::from_values(missing.iter().copied());
    let message = format!("no rule gives these classes of the legend: {}", values(&set).replace(" or ", " and "));
    let mut finding = Finding::new("class-never-given", Severity::Info, message)
        .with_mend("add rules that give them, or strike them out of the legend, or leave them as headings of others");
    finding.class = missing;
    (!finding.class.is_empty()).then_some(finding)
}

/// What a rule and its exceptions can give, as far as their own sets tell.
fn given_by(space: &Space, rule: &Rule) -> ValueSet {
    let own = space.of_rule(rule);
    let exceptions = rule.unless.iter().map(|exception| (space.of_exception(&own, exception), exception.give));
    let mut all = ValueSet::empty();
    let given: Vec<(Claim, Give)> = exceptions.collect();
    for (claim, give) in given.into_iter().chain([(own, rule.give.unwrap_or(Give::Layer(rule.layer)))]) {
        if space.emptied(&claim.cube).is_none() {
            all = all.union(&match give {
                Give::Nothing => ValueSet::empty(),
                Give::Class(class) => ValueSet::of(i32::from(class)),
                Give::Layer(layer) => space.numbers(layer, &space.classes(&claim.cube, layer)),
            });
        }
    }
    all
}

/// `layer-unused`, one a layer.
pub(super) fn unused_layers(table: &RuleTable, used_elsewhere: &[LayerId]) -> Vec<Finding> {
    let used = used_layers(table);
    let unused = table.layers.iter().enumerate().filter(|(layer, _)| !used[*layer] && !used_elsewhere.contains(layer));
    let finding = |(_, layer): (usize, &RuleLayer)| {
        let message = format!("no rule, condition or exception uses the layer `{}`", layer.name);
        Finding::warning("layer-unused", message)
            .with_layer(layer.name.clone())
            .with_mend("add a rule that takes it, or strike it out of the layers")
    };
    unused.map(finding).collect()
}

fn conditions(table: &RuleTable) -> impl Iterator<Item = &Condition> {
    table.rules.iter().flat_map(|rule| rule.conditions.iter().chain(rule.unless.iter().flat_map(|entry| &entry.when)))
}

fn used_layers(table: &RuleTable) -> Vec<bool> {
    let mut used = vec![false; table.layers.len()];
    let own = table.rules.iter().map(|rule| rule.layer).chain(table.within);
    let copied =
        table.rules.iter().flat_map(|rule| rule.give.into_iter().chain(rule.unless.iter().map(|entry| entry.give)));
    let copied = copied.filter_map(|give| if let Give::Layer(layer) = give { Some(layer) } else { None });
    own.chain(copied).chain(conditions(table).map(|condition| condition.layer)).for_each(|layer| used[layer] = true);
    used
}
