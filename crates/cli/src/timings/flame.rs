//! Flame graphs: spans as boxes, as wide as the time in them, each on the one that it was in.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Own nanoseconds of spans, by their way from the root.
pub type Ways = BTreeMap<Vec<&'static str>, u64>;

const WIDTH: f64 = 1200.0;
const LINE: f64 = 22.0;
const MARGIN: f64 = 10.0;

/// Writes spans as an SVG, or as folded stacks (microseconds), which other programs draw, where the name ends in `.folded`.
///
/// # Errors
/// Where the file cannot be written.
pub fn write(path: &Path, ways: &Ways) -> std::io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    if path.extension().is_some_and(|extension| extension == "folded") {
        fold(ways, &mut out)?;
    } else {
        draw(ways, &mut out)?;
    }
    out.flush()
}

fn fold(ways: &Ways, out: &mut impl Write) -> std::io::Result<()> {
    ways.iter().try_for_each(|(way, own)| writeln!(out, "{} {}", way.join(";"), own / 1000))
}

/// A span with all that was within it.
struct Flame<'a> {
    way: &'a [&'static str],
    /// Nanoseconds, those within it included.
    whole: u64,
    /// Where it begins, in nanoseconds from the left.
    begin: u64,
}

/// The spans from left to right: each begins where the one before it on the same way ends.
fn flames(ways: &Ways) -> Vec<Flame<'_>> {
    let whole = |way: &[&str]| ways.iter().filter(|(other, _)| other.starts_with(way)).map(|(_, own)| own).sum();
    // A way is sorted before those that go on from it: on each level the next box begins where the last one ended.
    let mut ends = vec![0];
    let mut flames = Vec::new();
    for way in ways.keys() {
        ends.resize(way.len() + 1, 0);
        let begin = ends[way.len() - 1];
        let whole: u64 = whole(way);
        (ends[way.len() - 1], ends[way.len()]) = (begin + whole, begin);
        flames.push(Flame { way, whole, begin });
    }
    flames
}

fn draw(ways: &Ways, out: &mut impl Write) -> std::io::Result<()> {
    let all: u64 = ways.values().sum();
    let levels = ways.keys().map(Vec::len).max().unwrap_or(0) as f64;
    let [width, height] = [WIDTH + 2.0 * MARGIN, LINE * (levels + 1.0) + 2.0 * MARGIN];
    writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">"#
    )?;
    let seconds = |time: u64| time as f64 / 1e9;
    writeln!(
        out,
        r#"<text x="{MARGIN}" y="{}">mutirao run: {:.2} s of the processor</text>"#,
        MARGIN + 12.0,
        seconds(all)
    )?;
    for Flame { way, whole, begin } in flames(ways) {
        let scale = WIDTH / all.max(1) as f64;
        let [x, wide] = [MARGIN + begin as f64 * scale, whole as f64 * scale];
        let y = MARGIN + LINE * way.len() as f64;
        let name = way[way.len() - 1];
        let share = 100.0 * whole as f64 / all.max(1) as f64;
        // One colour a name, the same in every graph.
        let hue = name.bytes().fold(0u32, |hue, byte| hue * 31 % 360 + u32::from(byte)) % 360;
        writeln!(out, r#"<g><title>{}: {:.2} s, {share:.1} %</title>"#, way.join(" / "), seconds(whole))?;
        writeln!(
            out,
            r#"<rect x="{x:.1}" y="{y}" width="{wide:.1}" height="{}" fill="hsl({hue} 60% 78%)" stroke="white"/>"#,
            LINE - 1.0
        )?;
        // A name of seven pixels a letter, where it fits.
        if wide > 7.0 * name.len() as f64 + 6.0 {
            writeln!(out, r#"<text x="{:.1}" y="{}">{name}</text>"#, x + 3.0, y + 15.0)?;
        }
        writeln!(out, "</g>")?;
    }
    writeln!(out, "</svg>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_stand_on_one_another_side_by_side() {
        let ways = Ways::from([
            (vec!["plan"], 100),
            (vec!["tile"], 10),
            (vec!["tile", "fill"], 20),
            (vec!["tile", "fill", "read"], 30),
            (vec!["tile", "write"], 40),
        ]);
        let placed: Vec<(usize, u64, u64)> =
            flames(&ways).iter().map(|flame| (flame.way.len(), flame.begin, flame.whole)).collect();
        assert_eq!(placed, [(1, 0, 100), (1, 100, 100), (2, 100, 50), (3, 100, 30), (2, 150, 40)]);
        let mut folded = Vec::new();
        fold(&Ways::from([(vec!["tile", "fill"], 20_999)]), &mut folded).unwrap();
        assert_eq!(String::from_utf8(folded).unwrap(), "tile;fill 20\n");
    }
}
