//! An explanation as a value and as words.

use std::fmt;
use std::path::Path;

use mutirao_core::{
    pipeline::{Method, Pipeline},
    raster::{BlockIndex, RasterSource},
    rule::{Condition, Give, LayerId, Role},
    values::ValueSet,
};
use mutirao_engine::{EngineError, Result, plan::Plan, probe::Probe};
use mutirao_geotiff::GeoTiff;
use mutirao_mosaic::{reason::WhyNot, slot::Held};
use serde::Serialize;

/// Which place is explained.
#[derive(Debug, Clone, Copy)]
pub struct Spot {
    /// [x, y] in the coverage's CRS.
    pub place: [f64; 2],
    /// [column, row] of the grid.
    pub pixel: [u32; 2],
}

/// Why a pixel is what it is, in every period asked for.
#[derive(Debug, Serialize)]
pub struct Explanation {
    xy: [f64; 2],
    pixel: [u32; 2],
    periods: Vec<PeriodExplained>,
    notes: Vec<String>,
}

#[derive(Debug, Serialize)]
struct PeriodExplained {
    period: String,
    class: Option<u16>,
    class_name: String,
    source: Option<String>,
    partner: Option<String>,
    rule: Option<u16>,
    part: u16,
    because: String,
    layers: Vec<LayerExplained>,
    rules: Vec<RuleExplained>,
    /// None outside the coverage's area.
    agreement: Option<[u8; 3]>,
}

#[derive(Debug, Serialize)]
struct LayerExplained {
    layer: String,
    member: Option<String>,
    partner: Option<String>,
    value: Option<i32>,
    name: String,
    /// The responsible members that are nothing there, so that this one speaks by `fallback`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    instead_of: Vec<String>,
    /// The period whose map this is, where `missing: previous` carried it forward.
    #[serde(skip_serializing_if = "Option::is_none")]
    carried_from: Option<String>,
}

#[derive(Debug, Serialize)]
struct RuleExplained {
    rule: u16,
    why_not: String,
}

/// Explains what was found at a place.
pub fn explanation(pipeline: &Pipeline, plan: &Plan, spot: Spot, probes: &[Probe], notes: Vec<String>) -> Explanation {
    let explainer = Explainer { pipeline, plan };
    Explanation {
        xy: spot.place,
        pixel: spot.pixel,
        periods: probes.iter().map(|probe| explainer.period(probe)).collect(),
        notes,
    }
}

struct Explainer<'a> {
    pipeline: &'a Pipeline,
    plan: &'a Plan,
}

impl Explainer<'_> {
    fn period(&self, probe: &Probe) -> PeriodExplained {
        let outcome = &probe.outcome;
        let who = self.who(outcome.source);
        let earlier = match outcome.rule {
            0 => probe.rules.len(),
            winner => usize::from(winner) - 1,
        };
        let rules = probe.rules[..earlier]
            .iter()
            .zip(1u16..)
            .filter_map(|(why, rule)| Some(RuleExplained { rule, why_not: self.why_not(rule, (*why)?, probe) }));
        PeriodExplained {
            period: self.plan.periods[probe.period].clone(),
            class: outcome.class,
            class_name: outcome.class.map(|class| self.class_name(i32::from(class))).unwrap_or_default(),
            source: who.as_ref().map(|who| who.source.clone()),
            partner: who.and_then(|who| who.partner),
            rule: (outcome.rule > 0).then_some(outcome.rule),
            part: outcome.part,
            because: self.because(probe),
            layers: self.layers(probe),
            rules: if outcome.inside { rules.collect() } else { Vec::new() },
            agreement: outcome.inside.then_some([
                outcome.agreement.speak,
                outcome.agreement.same,
                outcome.agreement.same_top,
            ]),
        }
    }

    fn layers(&self, probe: &Probe) -> Vec<LayerExplained> {
        let explain = |(layer, meaning): (usize, &mutirao_mosaic::slot::SlotMeaning)| {
            let who = self.who(meaning.source);
            let value = match meaning.held {
                Held::Nothing => None,
                Held::Value(value) | Held::Unknown(value) => Some(value),
            };
            let is_class = self.plan.layers[layer].role == Role::Class;
            LayerExplained {
                layer: self.plan.layers[layer].name.clone(),
                member: who.as_ref().and_then(|who| who.member.clone()),
                partner: who.and_then(|who| who.partner),
                value,
                name: value.filter(|_| is_class).map(|value| self.class_name(value)).unwrap_or_default(),
                instead_of: self.instead_of(layer, meaning.source, probe),
                carried_from: self.carried_from(layer, meaning.source, probe.period),
            }
        };
        probe.layers.iter().enumerate().map(explain).collect()
    }

    /// The responsible members in whose place a source speaks; none where it is responsible itself.
    fn instead_of(&self, layer: LayerId, source: u16, probe: &Probe) -> Vec<String> {
        let members = self.pipeline.layers[layer].members.iter().zip(&self.plan.layers[layer].members);
        let is_responsible = |area: &Condition| area.values.admits(probe.layers[area.layer].held.value());
        let responsible = || members.clone().filter(|(_, planned)| planned.area.as_ref().is_some_and(is_responsible));
        if source == 0 || responsible().any(|(_, planned)| planned.source == source) {
            return Vec::new();
        }
        responsible().filter_map(|(member, _)| member.name.clone()).collect()
    }

    fn carried_from(&self, layer: LayerId, source: u16, period: usize) -> Option<String> {
        let planned = &self.plan.layers[layer];
        let member = planned.members.iter().position(|member| member.source == source)?;
        planned.carried_from(period, member).map(|from| self.plan.periods[from].clone())
    }

    fn because(&self, probe: &Probe) -> String {
        let outcome = &probe.outcome;
        if !outcome.inside {
            return "it lies outside the coverage's area: the layer of `within` is nothing there".to_owned();
        }
        if self.pipeline.coverage.method != Method::Prevalence {
            return match outcome.source {
                0 => "no layer speaks there".to_owned(),
                _ => format!("by the method {}", self.method()),
            };
        }
        let Some(rule) = usize::from(outcome.rule).checked_sub(1) else {
            return match outcome.class {
                None => "no rule matches".to_owned(),
                Some(_) => "no rule matches, and `unclaimed` says so".to_owned(),
            };
        };
        let rule = &self.plan.table.rules[rule];
        let taken = &self.plan.layers[rule.layer].name;
        let held = value_words(probe.layers[rule.layer].held);
        let mut words = format!("rule {} takes {held} of {taken}{}", outcome.rule, meant(&rule.take));
        if let Some(at) = usize::from(outcome.part).checked_sub(1) {
            let exception = &rule.unless[at];
            let conditions: Vec<String> = exception.when.iter().map(|when| self.condition(when, probe)).collect();
            words.push_str(&format!(
                "; its exception {} holds ({}) and gives {}",
                outcome.part,
                conditions.join(", "),
                self.give(exception.give)
            ));
        } else if let Some(give) = rule.give {
            words.push_str(&format!(" and gives {}", self.give(give)));
        }
        words
    }

    fn method(&self) -> &'static str {
        match self.pipeline.coverage.method {
            Method::Prevalence => "prevalence",
            Method::First => "first",
            Method::Last => "last",
            Method::Majority => "majority",
            Method::MostRecent => "most-recent",
            Method::Min => "min",
            Method::Max => "max",
        }
    }

    fn give(&self, give: Give) -> String {
        match give {
            Give::Nothing => "nothing, on purpose".to_owned(),
            Give::Class(class) => format!("{class} ({})", self.class_name(i32::from(class))),
            Give::Layer(layer) => format!("the class of {}", self.plan.layers[layer].name),
        }
    }

    fn condition(&self, condition: &Condition, probe: &Probe) -> String {
        let name = &self.plan.layers[condition.layer].name;
        format!("{name} holds {}{}", value_words(probe.layers[condition.layer].held), meant(&condition.values))
    }

    fn why_not(&self, number: u16, why: WhyNot, probe: &Probe) -> String {
        let rule = &self.plan.table.rules[usize::from(number) - 1];
        let name = |layer: LayerId| &self.plan.layers[layer].name;
        let holds = |layer: LayerId| value_words(probe.layers[layer].held);
        match why {
            WhyNot::NotInForce => "it is not in force in this period".to_owned(),
            WhyNot::NotTaken(layer) => format!("{} holds {}, it takes {}", name(layer), holds(layer), rule.take),
            WhyNot::Condition(layer) => {
                let asked = rule.conditions.iter().find(|condition| condition.layer == layer);
                let asked = asked.map(|condition| condition.values.to_string()).unwrap_or_default();
                format!("{} holds {}, it asks for {asked}", name(layer), holds(layer))
            }
            WhyNot::NothingToGive(layer) => format!("{} holds nothing that it could give", name(layer)),
        }
    }

    fn class_name(&self, class: i32) -> String {
        let class = u16::try_from(class).ok().and_then(|class| self.pipeline.legend.get(class));
        class.map(|class| class.name.clone()).unwrap_or_default()
    }

    fn who(&self, source: u16) -> Option<Who> {
        for (layer, planned) in self.pipeline.layers.iter().zip(&self.plan.layers) {
            let Some(at) = planned.members.iter().position(|member| member.source == source) else { continue };
            let member = &layer.members[at];
            let source = member.name.as_ref().map_or(layer.name.clone(), |name| format!("{} / {name}", layer.name));
            let partner = member.partner.map(|at| self.pipeline.partners[at].name.clone());
            return Some(Who { source, member: member.name.clone(), partner });
        }
        None
    }
}

struct Who {
    source: String,
    member: Option<String>,
    partner: Option<String>,
}

/// A set that was written by name, with what it means.
fn meant(set: &ValueSet) -> String {
    set.written().map(|_| format!(", as {set}")).unwrap_or_default()
}

fn value_words(held: Held) -> String {
    match held {
        Held::Nothing => "nothing".to_owned(),
        Held::Value(value) => value.to_string(),
        Held::Unknown(value) => format!("{value} (undeclared)"),
    }
}

impl Explanation {
    /// Compares with the pixels that stand in the release, and notes where they differ: an input changed.
    ///
    /// # Errors
    /// Where the release's own files cannot be read.
    pub fn compare_with(&mut self, release: &Path, pipeline: &Pipeline, pixel: [u32; 2]) -> Result<()> {
        let nodata = pipeline.outputs.nodata;
        for period in &self.periods {
            let stands = standing(release, &period.period, pipeline, pixel)?;
            if stands != i32::from(period.class.unwrap_or(nodata)) {
                self.notes.push(format!(
                    "in {} the release holds {stands}: the inputs are not what they were",
                    period.period
                ));
            }
        }
        Ok(())
    }
}

/// The class that stands in a release, whole or in sheets; of these, empty ones are left out.
fn standing(release: &Path, period: &str, pipeline: &Pipeline, [col, row]: [u32; 2]) -> Result<i32> {
    let whole = release.join("coverage").join(format!("{period}.tif"));
    if whole.exists() {
        return pixel_of(&whole, [col, row]);
    }
    let side = pipeline.outputs.sheet;
    let sheet = release.join("coverage").join(period).join(format!("{}_{}.tif", col / side, row / side));
    if sheet.exists() {
        return pixel_of(&sheet, [col % side, row % side]);
    }
    Ok(i32::from(pipeline.outputs.nodata))
}

fn pixel_of(path: &Path, [col, row]: [u32; 2]) -> Result<i32> {
    let broken = |what: String| EngineError::Malformed { path: path.to_owned(), what };
    let file = GeoTiff::open(path).map_err(|error| broken(error.to_string()))?;
    let facts = file.facts();
    let index = BlockIndex { band: 0, col: col / facts.block_width, row: row / facts.block_height };
    let block = file.read_block(index).map_err(|error| broken(error.to_string()))?;
    let [x, y] = [col % facts.block_width, row % facts.block_height];
    Ok(block.samples(facts).get((y * block.width + x) as usize))
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "at ({}, {}): column {}, row {}", self.xy[0], self.xy[1], self.pixel[0], self.pixel[1])?;
        for period in &self.periods {
            period.write(f)?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "\nnote: {note}"))
    }
}

impl PeriodExplained {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let class = match self.class {
            Some(class) => format!("{class} {}", self.class_name),
            None => "nothing".to_owned(),
        };
        writeln!(f, "\n{}: {class}", self.period)?;
        writeln!(f, "  because {}", self.because)?;
        if let Some(source) = &self.source {
            let partner = self.partner.as_ref().map(|partner| format!(", by {partner}")).unwrap_or_default();
            writeln!(f, "  source: {source}{partner}")?;
        }
        if let Some([speak, same, same_top]) = self.agreement {
            writeln!(f, "  layers that speak: {speak}; say this class: {same}; one of the same top class: {same_top}")?;
        }
        for layer in &self.layers {
            let value = layer.value.map_or("nothing".to_owned(), |value| format!("{value} {}", layer.name));
            let who = match (&layer.member, &layer.partner) {
                (Some(member), Some(partner)) => format!(" ({member}, {partner})"),
                (None, Some(who)) | (Some(who), None) => format!(" ({who})"),
                (None, None) => String::new(),
            };
            let instead = match layer.instead_of.is_empty() {
                true => String::new(),
                false => format!(", since {} is nothing there", layer.instead_of.join(" and ")),
            };
            let carried = layer.carried_from.as_ref().map(|from| format!(", carried from {from}")).unwrap_or_default();
            writeln!(f, "    {}: {}{who}{instead}{carried}", layer.layer, value.trim_end())?;
        }
        for rule in &self.rules {
            writeln!(f, "    not rule {}: {}", rule.rule, rule.why_not)?;
        }
        Ok(())
    }
}
