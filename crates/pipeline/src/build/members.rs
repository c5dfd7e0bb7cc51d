//! Members: what one partner delivers, with what the layer says for all of its members.

use std::path::PathBuf;

use mutirao_core::{
    crosswalk::Crosswalk,
    pipeline::{BandSpec, Member, Missing, NodataSpec, Overlap, Partner, Resample, ResampleMethod},
    rule::Role,
    values::ValueSet,
};

use super::{
    Known,
    files::Files,
    inputs::{self, Asked},
    partners::partner,
    periods::{Speaker, place, select},
    sets::{Meaning, read_set},
};
use crate::{
    NamedContract,
    crosswalk::read_crosswalk,
    scalar,
    sink::Sink,
    yaml::{Entry, Node},
};

/// How far a resampled position may be from the exact one, in source pixels, unless said otherwise.
const BOUND: f64 = 0.125;

/// A member's own entry, and the layer's.
pub(crate) struct Entries<'a> {
    pub own: &'a Entry,
    pub layer: &'a Node,
    /// The member's name, for composites.
    pub name: Option<&'a str>,
    pub role: Role,
}

impl<'a> Entries<'a> {
    fn get(&self, key: &str) -> Option<&'a Node> {
        self.own.value.get(key).or_else(|| self.layer.get(key))
    }

    fn text(&self, key: &str) -> Option<&'a str> {
        self.get(key)?.text()
    }

    fn owned(&self, key: &str) -> Option<String> {
        self.text(key).map(str::to_owned)
    }

    fn yes(&self, key: &str) -> bool {
        self.text(key) == Some("true")
    }
}

/// Reads a member, without its area. None where it cannot be used.
pub(crate) fn read_member(
    entries: &Entries<'_>,
    known: &Known,
    partners: &mut Vec<Partner>,
    files: &mut Files,
    sink: &mut Sink,
) -> Option<Member> {
    let partner = entries.get("partner").and_then(|node| partner(node, partners, sink));
    let contract = entries.get("contract").map(|node| contract(node, entries.name, files, sink));
    let crosswalk = entries.get("crosswalk").map(|node| crosswalk(node, entries.role, known, files, sink));
    let classes = entries.get("classes").map(|node| classes(node, entries.role, known, sink));
    let license = entries.owned("license").or_else(|| partners.get(partner?)?.license.clone());
    let band = band(entries, known, sink);
    let version = version(entries, files, sink);
    let inputs = entries
        .own
        .value
        .get("source")
        .map(|source| inputs(entries, (source, version.as_deref()), &band, known, files, sink));
    let source = entries.own.value.get("source")?;
    Some(Member {
        name: entries.name.map(str::to_owned),
        partner,
        version,
        contract,
        license,
        inputs: inputs?,
        missing: missing(entries),
        is_static: entries.yes("static"),
        band,
        attribute: entries.owned("attribute"),
        vector_layer: entries.owned("layer"),
        nodata: nodata(entries),
        crosswalk: crosswalk.map_or(Some(None), |read| read.map(Some))?,
        classes: classes.map_or(Some(None), |read| read.map(Some))?,
        overlap: overlap(entries),
        resample: entries.get("resample").and_then(resample),
        crs: entries.owned("crs"),
        allow_ballpark: entries.yes("allow_ballpark"),
        area: None,
        place: sink.place(entries.own.spot),
        source_place: sink.place(source.spot),
    })
}

fn contract(node: &Node, member: Option<&str>, files: &mut Files, sink: &mut Sink) -> PathBuf {
    let Some(path) = files.locate(node, sink) else { return files.folder.join(node.text().unwrap_or_default()) };
    let layer = sink.scope.layer.clone().unwrap_or_default();
    files.contracts.push(NamedContract { layer, member: member.map(str::to_owned), path: path.clone() });
    path
}

/// The version that the pipeline names, or the one taken instead.
fn version(entries: &Entries<'_>, files: &Files, sink: &Sink) -> Option<String> {
    let layer = sink.scope.layer.as_deref().unwrap_or_default();
    let of_member = entries.name.and_then(|member| files.versions.get(&format!("{layer}/{member}")));
    of_member.or_else(|| files.versions.get(layer)).cloned().or_else(|| entries.owned("version"))
}

fn missing(entries: &Entries<'_>) -> Missing {
    match entries.text("missing") {
        Some("nothing") => Missing::Nothing,
        Some("previous") => Missing::Previous,
        _ => Missing::Error,
    }
}

fn overlap(entries: &Entries<'_>) -> Overlap {
    match entries.text("overlap") {
        Some("first") => Overlap::First,
        Some("last") => Overlap::Last,
        _ => Overlap::Error,
    }
}

fn nodata(entries: &Entries<'_>) -> NodataSpec {
    let value = |text| scalar::integer(text).and_then(|value| i32::try_from(value).ok());
    match entries.text("nodata") {
        Some("none") => NodataSpec::None,
        Some(text) => value(text).map_or(NodataSpec::File, NodataSpec::Value),
        None => NodataSpec::File,
    }
}

fn resample(node: &Node) -> Option<Resample> {
    let method = match node.text().or_else(|| node.get_text("method"))? {
        "nearest" => ResampleMethod::Nearest,
        "mode" => ResampleMethod::Mode,
        _ => return None,
    };
    let bound = node.get_text("bound").map_or(Some(BOUND), scalar::number)?;
    Some(Resample { method, ignore_nodata: node.get_text("nodata") == Some("ignore"), bound })
}

fn crosswalk(node: &Node, role: Role, known: &Known, files: &mut Files, sink: &mut Sink) -> Option<Crosswalk> {
    let key = (files.locate(node, sink)?, role == Role::Class);
    if let Some(read) = files.crosswalks.get(&key) {
        return read.clone();
    }
    let text = files.text(&key.0, node, sink)?;
    let named = node.text()?;
    // Regions and values are numbers of their own.
    let legend = known.legend.as_ref().filter(|_| key.1);
    let read = files.aside(&key.0, &sink.scope, |aside| read_crosswalk(&text, named, legend, aside));
    files.crosswalks.insert(key, read.clone());
    read
}

fn classes(node: &Node, role: Role, known: &Known, sink: &mut Sink) -> Option<ValueSet> {
    let read = read_set(node, known.legend.as_ref(), &known.groups, sink)?;
    let mut good = true;
    for term in &read.terms {
        let problem = match term.meaning {
            Meaning::Nothing => Some("nothing is no class: what makes nothing is said by `nodata`"),
            Meaning::Open(_) if role == Role::Class => Some("the classes of a class layer need both ends"),
            _ => None,
        };
        if let Some(problem) = problem {
            good = false;
            let message = format!("`classes` has {}: {problem}", term.text);
            sink.error("invalid-value", term.spot, message, "list the classes, such as [1, 2, 3] or 1..9");
        }
    }
    let open = read.set.ranges().iter().any(|&(from, to)| from == i32::MIN || to == i32::MAX);
    if good && open && role == Role::Class {
        good = false;
        let message = "`classes` of a class layer says only what it does not hold";
        sink.error("invalid-value", node.spot, message, "list the classes, such as [1, 2, 3] or 1..9");
    }
    good.then(|| read.set.with_nothing(false))
}

fn band(entries: &Entries<'_>, known: &Known, sink: &mut Sink) -> BandSpec {
    // What the member says of its bands replaces all that the layer says of them.
    let own = ["band", "bands"].iter().any(|key| entries.own.value.get(key).is_some());
    let node = if own { &entries.own.value } else { entries.layer };
    if let (Some(_), Some(bands)) = (node.get("band"), node.entry("bands")) {
        let message = "both `band` and `bands` are given";
        sink.error("invalid-value", bands.spot, message, "keep one of them");
    }
    let number = |text: &str| scalar::integer(text).and_then(|value| u16::try_from(value).ok());
    if let Some(bands) = node.get("bands") {
        let mut by_period: Vec<(usize, u16)> = bands
            .entries()
            .iter()
            .filter_map(|entry| {
                let at = place(&entry.key, entry.spot, &known.periods, Speaker::Layer, sink)?;
                Some((at, number(entry.value.text()?)?))
            })
            .collect();
        by_period.sort_unstable();
        return BandSpec::ByPeriod(by_period);
    }
    match node.get_text("band") {
        Some(text) => number(text).map_or_else(|| BandSpec::Description(text.to_owned()), BandSpec::Number),
        None => BandSpec::Auto,
    }
}

fn inputs(
    entries: &Entries<'_>,
    (source, version): (&Node, Option<&str>),
    band: &BandSpec,
    known: &Known,
    files: &Files,
    sink: &mut Sink,
) -> Vec<mutirao_core::pipeline::PeriodInput> {
    let periods = entries.get("periods").map(|node| (node, select(node, &known.periods, Speaker::Layer, sink)));
    let banded: Option<Vec<usize>> = match band {
        BandSpec::ByPeriod(bands) => Some(bands.iter().map(|(at, _)| *at).collect()),
        _ => None,
    };
    let wanted: Vec<usize> = match (&periods, &banded) {
        (Some((node, chosen)), _) => {
            if chosen.is_empty() && !known.periods.is_empty() {
                let message = "it speaks for none of the pipeline's periods";
                sink.warning("unknown-period", node.spot, message, "take the layer away, or correct its `periods`");
            }
            chosen.clone()
        }
        (None, Some(banded)) => banded.clone(),
        (None, None) => (0..known.periods.len()).collect(),
    };
    check_static(entries, source, band, wanted.len(), sink);
    let asked = Asked {
        source,
        version,
        folder: &files.folder,
        periods: &known.periods,
        wanted: &wanted,
        banded: banded.as_deref(),
        missing: missing(entries),
    };
    inputs::find(&asked, sink)
}

/// One band for several periods must be meant; a band for each period is not static.
fn check_static(entries: &Entries<'_>, source: &Node, band: &BandSpec, wanted: usize, sink: &mut Sink) {
    let each = inputs::has_period(source)
        || matches!(band, BandSpec::ByPeriod(_))
        || matches!(band, BandSpec::Description(text) if text.contains("{period}"));
    let is_static = entries.yes("static");
    if is_static && each {
        let message = "`static: true` says that one band speaks for all periods, but there is one for each";
        let mend = "take `static` away, or {period} and `bands`";
        sink.error("invalid-value", source.spot, message, mend);
    }
    let one_band = matches!(band, BandSpec::Number(_) | BandSpec::Description(_));
    if entries.role == Role::Class && one_band && !each && !is_static && wanted > 1 {
        let message = format!("one band speaks for {wanted} periods");
        let mend = "add `static: true` if that is meant, or say which of the `periods` it speaks for";
        sink.error("missing-key", source.spot, message, mend);
    }
}
