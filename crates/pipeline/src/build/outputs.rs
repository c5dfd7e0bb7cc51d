//! What is written, and how.

use mutirao_core::{
    legend::Legend,
    pipeline::{Compression, Outputs, Provenance, ResampleMethod},
};

use crate::{scalar, sink::Sink, yaml::Node};

const DEFLATE_LEVEL: u8 = 5;
const ZSTD_LEVEL: u8 = 3;
const TILE: u32 = 512;
const SHEET: u32 = 65_536;

/// The outputs, with all defaults. None where a number of them is broken.
pub(crate) fn read_outputs(root: &Node, legend: Option<&Legend>, sink: &mut Sink) -> Option<Outputs> {
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
    if let Some(class) = legend.and_then(|legend| legend.get(nodata)) {
        let message = format!("class {} ({}) is the nodata of the coverage", class.id, class.name);
        let mend = "choose another `outputs: { nodata }`, or take the class out of the legend";
        sink.error("class-equals-nodata", at("nodata"), message, mend);
        sink.about_classes([i32::from(nodata)]);
    }
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
    })
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
