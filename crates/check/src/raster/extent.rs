//! Whether the files of a period together cover what they must.

use mutirao_contract::checks::{Extent, ExtentCheck};
use mutirao_core::grid::{Grid, Window};

use super::{RasterDelivery, words::of};
use crate::{
    report::{CheckFinding, Where},
    rules::{Asked, Judged},
};

/// West, south, east, north.
type Bounds = [f64; 4];

pub(super) fn extent(delivery: &RasterDelivery, asked: &Asked, wanted: &ExtentCheck) -> Judged {
    let (bounds, what) = match wanted.covers {
        Extent::Area => (delivery.area_bounds, "the area"),
        Extent::Grid => (delivery.network_bounds, "the network's grid"),
        Extent::Box(bounds) => (Some(bounds), "the agreed box"),
    };
    let Some(bounds) = bounds else {
        return Judged::Unjudged(format!("{what} is not at hand; the network's run judges it"));
    };
    let Some(frame) = &delivery.frame else {
        return Judged::Unjudged("the files do not lie on the grid".to_owned());
    };
    let mut findings = Vec::new();
    for (at, period) in delivery.periods.iter().enumerate() {
        let of = delivery.files.iter().filter(|file| file.bands.iter().any(|band| band.period == at));
        let boxes: Vec<Bounds> = of.filter_map(|file| file.window).map(|window| bounds_of(frame, &window)).collect();
        // A period without files is for another check.
        if boxes.is_empty() {
            continue;
        }
        let half = frame.resolution.map(|side| side / 2.0);
        if let Some(message) = short(&boxes, bounds, half) {
            findings.push(finding(asked, (what, bounds), &boxes, period, &message));
        }
    }
    Judged::by(findings, None)
}

fn finding(
    asked: &Asked,
    (what, bounds): (&str, Bounds),
    boxes: &[Bounds],
    period: &str,
    message: &str,
) -> CheckFinding {
    let words = |[w, s, e, n]: Bounds| format!("{w}, {s}, {e}, {n}");
    let message = format!("the files{} do not cover {what}: {message}", of(period));
    let place = Where { period: Some(period.to_owned()), ..Where::default() };
    let finding = asked.broken(message).but(words(bounds), words(around(boxes))).at(place);
    finding.with_mend("deliver the missing part, with nodata where nothing is known")
}

fn bounds_of(frame: &Grid, window: &Window) -> Bounds {
    let [west, north] = frame.transform().to_map(f64::from(window.col), f64::from(window.row));
    let [east, south] = frame.transform().to_map(f64::from(window.col_end()), f64::from(window.row_end()));
    [west, south, east, north]
}

fn around(boxes: &[Bounds]) -> Bounds {
    let union = |a: Bounds, b: &Bounds| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])];
    boxes.iter().fold([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY], union)
}

/// What of the wanted box is missing, if it is more than half a pixel wide and high.
fn short(boxes: &[Bounds], wanted: Bounds, [half_x, half_y]: [f64; 2]) -> Option<String> {
    let ([west, south, east, north], [w, s, e, n]) = (around(boxes), wanted);
    let sides = [
        (west - w, half_x, "west"),
        (south - s, half_y, "south"),
        (e - east, half_x, "east"),
        (n - north, half_y, "north"),
    ];
    let short: Vec<String> = sides
        .into_iter()
        .filter(|(by, half, _)| by > half)
        .map(|(by, _, side)| format!("by {by} in the {side}"))
        .collect();
    if !short.is_empty() {
        return Some(format!("they end short of it {}", short.join(" and ")));
    }
    let [west, south, east, north] = hole(boxes, wanted, [half_x, half_y])?;
    Some(format!("between them a part is missing, from ({west}, {north}) to ({east}, {south})"))
}

/// The first hole between boxes, from the north and then from the west: a cell of the lattice that their edges draw.
fn hole(boxes: &[Bounds], wanted: Bounds, [half_x, half_y]: [f64; 2]) -> Option<Bounds> {
    let edges = |low: usize, high: usize| {
        let within = |edge: &f64| (wanted[low]..=wanted[high]).contains(edge);
        let mut edges: Vec<f64> = boxes.iter().flat_map(|own| [own[low], own[high]]).filter(within).collect();
        edges.extend([wanted[low], wanted[high]]);
        edges.sort_by(f64::total_cmp);
        edges.dedup();
        edges
    };
    let (xs, mut ys) = (edges(0, 2), edges(1, 3));
    ys.reverse();
    let cells = ys.windows(2).flat_map(|y| xs.windows(2).map(move |x| [x[0], y[1], x[1], y[0]]));
    let mut wide = cells.filter(|[w, s, e, n]| e - w > half_x && n - s > half_y);
    wide.find(|[w, s, e, n]| {
        let [x, y] = [(w + e) / 2.0, (s + n) / 2.0];
        !boxes.iter().any(|own| own[0] <= x && x <= own[2] && own[1] <= y && y <= own[3])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: Bounds = [0.0, 0.0, 100.0, 100.0];

    fn told(boxes: &[Bounds]) -> Option<String> {
        short(boxes, WANTED, [5.0, 5.0])
    }

    #[test]
    fn files_may_end_half_a_pixel_short() {
        assert_eq!(told(&[[5.0, 0.0, 100.0, 95.0]]), None);
        assert_eq!(told(&[[6.0, 0.0, 100.0, 95.0]]).as_deref(), Some("they end short of it by 6 in the west"));
    }

    #[test]
    fn tiles_cover_together_and_a_missing_one_is_found() {
        let tiles =
            [[0.0, 0.0, 50.0, 50.0], [50.0, 0.0, 100.0, 50.0], [0.0, 50.0, 50.0, 100.0], [50.0, 50.0, 120.0, 120.0]];
        assert_eq!(told(&tiles), None);
        let words = told(&[tiles[1], tiles[2]]).unwrap();
        assert_eq!(words, "between them a part is missing, from (50, 100) to (100, 50)");
        assert_eq!(told(&[tiles[0], [52.0, 0.0, 100.0, 50.0], tiles[2], tiles[3]]), None, "less than half a pixel");
    }
}
