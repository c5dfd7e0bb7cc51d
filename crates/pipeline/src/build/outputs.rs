//! What is written, and how.

use mutirao_core::pipeline::{Compression, Outputs, Patches, Provenance, ResampleMethod};

use super::{
    Known,
    sets::{Meaning, read_set, shown},
};
use crate::{scalar, sink::Sink, yaml::Node};

const DEFLATE_LEVEL: u8 = 5;
const ZSTD_LEVEL: u8 = 3;
const TILE: u32 = 512;
const SHEET: u32 = 65_536;

/// The outputs, with all defaults. None where a number of them is broken.
pub(crate) fn read_outputs(root: &Node, known: &Known, sink: &mut Sink) -> Option<Outputs> {
    let node = root.get("outputs");
    let get = |key: &str| node.and_then(|node| node.get(key));
    let text = |key: &str| get(key).and_then(Node::text);
    let number = |key: &str, default: u32| text(key).map_or(Some(default), whole);
    let (tile, sheet) = (number("tile", TILE)?, number("sheet", SHEET)?);
    let at = |key: &str| get(key).or(node).or(root.get("legend")).unwrap_or(root).spot;
    if tile >= 64 && !tile.is_multiple_of(16) {
        let message = format!("`tile` is {tile}, no multiple of 16");
        sink.error("invalid-value", at("tile"), message, format!("write {}", tile.next_multiple_of(16)));
    } else if tile >= 64 && !sheet.is_multiple_of(tile) {
        let message = format!("`sheet` is {sheet}, no multiple of `tile`, {tile}");
        let near = (u64::from(sheet) / u64::from(tile)).max(1) * u64::from(tile);
        sink.error("invalid-value", at("sheet"), message, format!("write {near}"));
    }
    let nodata = u16::try_from(number("nodata", 0)?).ok()?;
    if let Some(class) = known.legend.as_ref().and_then(|legend| legend.get(nodata)) {
        let message = format!("class {} ({}) is the nodata of the coverage", class.id, class.name);
        let mend = "choose another `outputs: { nodata }`, or take the class out of the legend";
        sink.error("class-equals-nodata", at("nodata"), message, mend);
        sink.about_classes([i32::from(nodata)]);
    }
    let patches = patches(get("patches"), known, sink);
    Some(Outputs {
        compression: compression(get("compression"))?,
        tile,
        overviews: if text("overviews") == Some("nearest") { ResampleMethod::Nearest } else { ResampleMethod::Mode },
        sheet,
        nodata,
        agreement: text("agreement") != Some("false"),
        provenance: match text("provenance") {
            Some("source") => Provenance::Source,
            Some("false") => Provenance::None,
            _ => Provenance::All,
        },
        transitions: text("transitions") != Some("false"),
        patches: patches?,
    })
}

/// Which patches are written. None where it cannot be understood, which is reported.
fn patches(node: Option<&Node>, known: &Known, sink: &mut Sink) -> Option<Patches> {
    let Some(node) = node else { return Some(Patches::Auto) };
    match node.text() {
        Some("none") => return Some(Patches::None),
        Some(_) => return Some(Patches::Auto),
        None => {}
    }
    let min_ha = match node.get("min_ha") {
        None => 0.0,
        Some(least) => {
            let number = scalar::number(least.text()?)?;
            if number < 0.0 {
                let message = format!("`min_ha` is {number}, and no patch is smaller than nothing");
                sink.error("invalid-value", least.spot, message, "write 0, or a number of hectares");
            }
            number
        }
    };
    let classes = node.get("classes").map(|classes| {
        let read = read_set(classes, known.legend.as_ref(), &known.groups, sink)?;
        let legend = known.legend.as_ref()?.values();
        let strange =
            read.terms.iter().filter(|term| matches!(term.meaning, Meaning::Number(class) if !legend.contains(class)));
        for term in strange {
            let message = format!("{} is no class of the legend", term.text);
            sink.error("unknown-class", term.spot, message, format!("write one of {}", shown(&legend)));
        }
        Some(read.set)
    });
    Some(Patches::Those { min_ha, classes: classes.map_or(Some(None), |classes| classes.map(Some))? })
}

fn whole(text: &str) -> Option<u32> {
    scalar::integer(text).and_then(|value| u32::try_from(value).ok())
}

fn compression(node: Option<&Node>) -> Option<Compression> {
    let Some(node) = node else { return Some(Compression::Deflate(DEFLATE_LEVEL)) };
    let level = |text: &str| whole(text).and_then(|level| u8::try_from(level).ok());
    match node.text() {
        Some("deflate") => return Some(Compression::Deflate(DEFLATE_LEVEL)),
        Some("zstd") => return Some(Compression::Zstd(ZSTD_LEVEL)),
        _ => {}
    }
    match node.entries() {
        [only] if only.key == "deflate" => level(only.value.text()?).map(Compression::Deflate),
        [only] if only.key == "zstd" => level(only.value.text()?).map(Compression::Zstd),
        _ => None,
    }
}
