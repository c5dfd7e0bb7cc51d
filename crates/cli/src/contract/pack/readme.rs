//! The page that a partner reads first.

use std::fmt::Write as _;

use mutirao_contract::{Contract, Object, checks::Check, timeline::Milestone};
use mutirao_core::{
    pipeline::{Partner, Pipeline},
    values::ValueSet,
};

use super::{Pack, Sources};

/// At most so many classes are listed.
const MOST: usize = 60;

/// Writes it. What the network keeps to itself is told by number, not by name.
pub fn readme(sources: &Sources<'_>, pack: &Pack) -> String {
    let Sources { contract, pipeline, .. } = sources;
    let mut text = String::new();
    let name = contract.name.as_deref().unwrap_or(&contract.id);
    let _ = writeln!(text, "# {} for {}\n", line(name), line(&pipeline.title));
    let _ = writeln!(
        text,
        "This is what the network {} and its partner{} have agreed on about one layer (contract {}, version {}), with\n\
         all that is needed to see whether a delivery keeps it.\n",
        line(&pipeline.id),
        partner(contract, pipeline).map(|partner| format!(" {}", line(&partner.name))).unwrap_or_default(),
        line(&contract.id),
        line(&contract.version)
    );
    deliver(&mut text, sources);
    due(&mut text, contract);
    check(&mut text, contract, pack);
    ask(&mut text, sources);
    files(&mut text, pack);
    text
}

/// Foreign text on one line, without what Markdown takes for more than a text.
fn line(text: &str) -> String {
    let flat: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    flat.replace('\\', "\\\\").replace('*', "\\*").replace('`', "'").replace('<', "&lt;").replace('[', "\\[")
}

fn partner<'a>(contract: &Contract, pipeline: &'a Pipeline) -> Option<&'a Partner> {
    let id = contract.terms.partner.as_ref()?;
    pipeline.partners.iter().find(|partner| partner.id == *id)
}

fn deliver(text: &mut String, sources: &Sources<'_>) {
    text.push_str("## What to deliver\n\n");
    for object in &sources.contract.objects {
        if let Some(name) = &object.physical_name {
            let _ = writeln!(text, "- The file `{}`{}.", line(name), when(object));
        } else {
            let _ = writeln!(text, "- {}{}.", line(&object.name), when(object));
        }
        if let Some(grid) = &object.terms.grid {
            let [x, y] = grid.resolution;
            let _ = writeln!(text, "- In {}, with pixels of {x} x {y} in its unit.", line(&grid.crs));
        }
        let types = object.properties.iter().filter_map(|property| property.physical_type.as_deref());
        for kind in types {
            let _ = writeln!(text, "- As {}.", line(kind));
        }
        match object.terms.nodata.map(|nodata| nodata.value) {
            Some(Some(value)) => {
                let _ = writeln!(text, "- Nothing is {value}.");
            }
            Some(None) => text.push_str("- Every pixel must speak; there is no nodata value.\n"),
            None => {}
        }
        classes(text, object, sources);
        area(text, object);
    }
    text.push('\n');
}

fn when(object: &Object) -> String {
    object.terms.periods.as_ref().map(|periods| format!(", for {}", line(&periods.to_string()))).unwrap_or_default()
}

fn classes(text: &mut String, object: &Object, sources: &Sources<'_>) {
    let Some(classes) = &object.terms.classes else { return };
    let after = classes.crosswalk.as_ref().map(|_| ", after the crosswalk from your codes").unwrap_or_default();
    let _ = writeln!(text, "- Classes{after}:");
    let legend = &sources.pipeline.legend;
    let named = legend.classes().iter().filter(|class| classes.allowed.contains(i32::from(class.id)));
    for class in named.take(MOST) {
        let must = if classes.required.contains(i32::from(class.id)) { ", which must be there" } else { "" };
        let _ = writeln!(text, "  - {} {}{must}", class.id, line(&class.name));
    }
    let known = ValueSet::from_values(legend.ids().map(i32::from));
    let others = classes.allowed.intersection(&known.complement());
    if !others.is_empty() {
        let _ = writeln!(text, "  - {}", others.listed());
    }
}

fn area(text: &mut String, object: &Object) {
    let Some(area) = &object.terms.area else { return };
    let strip = if area.buffer_m > 0.0 { format!(", and up to {} m around it", area.buffer_m) } else { String::new() };
    let _ = writeln!(text, "- Within the responsible area, which is in this pack{strip}.");
}

fn due(text: &mut String, contract: &Contract) {
    let timeline = &contract.timeline;
    text.push_str("## When it is due\n\n");
    if timeline.milestones.is_empty() {
        text.push_str("The contract names no date.\n");
    }
    for Milestone { name, due, window, .. } in &timeline.milestones {
        let late = if window.grace_until > window.due_at { ", and then it is in grace for some time" } else { "" };
        let _ = writeln!(text, "- {}: {due}{late}", line(name));
    }
    for milestone in &timeline.release {
        let _ = writeln!(text, "- Of the release, {}: {}", line(&milestone.name), milestone.date);
    }
    let _ = writeln!(text, "\nA day lasts to its end in the time zone {}.\n", line(&timeline.zone));
}

fn check(text: &mut String, contract: &Contract, pack: &Pack) {
    let id = &pack.id;
    let file = contract.objects.first().and_then(|object| object.physical_name.as_deref());
    let file = file.map_or_else(|| "FILE...".to_owned(), |name| name.replace("{period}", "*"));
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-*/".contains(c);
    let file = if file.chars().all(plain) { file } else { "FILE...".to_owned() };
    let zip = if id.chars().all(plain) { format!("{id}-pack.zip") } else { "PACK.zip".to_owned() };
    text.push_str("## How to check a delivery\n\nBefore you send it:\n\n");
    let _ = writeln!(text, "    mutirao check {file} --contract {zip}\n");
    text.push_str(
        "It says `pass`, or what is wrong, where, and how to mend it. The pack stays zipped; nothing else is needed. It may be\n\
         unpacked all the same: then give the file in `contracts`.\n\n",
    );
    let rules = contract.objects.iter().flat_map(|object| object.rules());
    let kept = rules.filter(|(_, rule)| {
        let mutirao_contract::Quality::Check(check) = &rule.quality else { return false };
        matches!(check, Check::AcceptancePoints(of) if of.withheld)
            || matches!(check, Check::Accuracy(of) if of.withheld)
    });
    let count = kept.count();
    if count > 0 {
        let (checks, they) = if count == 1 { ("check", "it is") } else { ("checks", "they are") };
        let _ = writeln!(
            text,
            "{count} {checks} of the contract can be run by the network only: what it judges by is withheld. Until then {they}\n\
             told as `pending`, which stops nobody.\n"
        );
    }
}

fn ask(text: &mut String, sources: &Sources<'_>) {
    let Sources { contract, pipeline, .. } = sources;
    text.push_str("## Whom to ask, and licences\n\n");
    match &pipeline.contact {
        Some(contact) => {
            let _ = writeln!(text, "- Ask {}.", line(contact));
        }
        None => text.push_str("- Ask the one who sent you this pack.\n"),
    }
    let licence = contract.objects.iter().find_map(|object| object.terms.licence.as_ref());
    if let Some(licence) = licence.or(contract.terms.licence.as_ref()) {
        let _ = writeln!(text, "- What is delivered is under {}.", line(licence));
    }
    if let Some(licence) = &pipeline.license {
        let _ = writeln!(text, "- What the network makes of it is published under {}.", line(licence));
    }
    text.push_str("- The files of this pack are for checking deliveries; who made them keeps the rights in them.\n\n");
}

fn files(text: &mut String, pack: &Pack) {
    text.push_str("## What is in the pack\n\n");
    for place in pack.files.keys() {
        let _ = writeln!(text, "- `{}`", line(place));
    }
    if !pack.withheld.is_empty() {
        let count = pack.withheld.len();
        let _ = writeln!(text, "\nWithheld, and not in the pack: {count} file{}.", if count == 1 { "" } else { "s" });
    }
}
