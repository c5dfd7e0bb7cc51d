//! A part of a layer as it is shown: features in outline, those that are concerned in a strong colour, and rings around places.

use std::collections::BTreeSet;

use mutirao_core::outline::{Outline, OutlineKind};

use super::{bar::ScaleBar, bounds::Bounds};
use crate::{
    draw::{Area, Canvas, Fonts, Pen},
    told::picture::page::{MAP, Map, rings},
};

/// The features concerned.
pub const CONCERNED: [u8; 3] = [0, 82, 184];
/// All others.
pub const OTHERS: [u8; 3] = [140, 146, 152];
/// So many vertices of a map are dotted at most.
const DOTTED: usize = 120;
/// Places of the picture beyond this are taken for this.
const FARTHEST: f64 = 1e7;

/// A part of a layer, and its size in the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// In the layer's CRS.
    pub bounds: Bounds,
    /// Columns and rows.
    pub size: [u32; 2],
}

impl View {
    /// As large as a map may be.
    pub fn of(bounds: Bounds) -> View {
        let (across, up) = (bounds[2] - bounds[0], bounds[3] - bounds[1]);
        let side = |side: f64| ((side / across.max(up) * f64::from(MAP)).round() as u32).clamp(1, MAP);
        View { bounds, size: [side(across), side(up)] }
    }

    /// Units of the CRS on a side of a pixel.
    pub fn pixel(&self) -> f64 {
        let [west, south, east, north] = self.bounds;
        (east - west).max(north - south) / f64::from(MAP)
    }

    /// Where a place is in an area of a picture.
    fn place(&self, area: &Area, [x, y]: [f64; 2]) -> [f64; 2] {
        let [west, south, east, north] = self.bounds;
        let along = |share: f64, size: u32| (share * f64::from(size)).clamp(-FARTHEST, FARTHEST);
        let [dx, dy] =
            [along((x - west) / (east - west), self.size[0]), along((north - y) / (north - south), self.size[1])];
        [f64::from(area.left) + dx, f64::from(area.top) + dy]
    }

    fn holds(&self, [x, y]: [f64; 2]) -> bool {
        let [west, south, east, north] = self.bounds;
        (west..=east).contains(&x) && (south..=north).contains(&y)
    }
}

/// How lines, areas and points of a feature are drawn.
struct Style {
    line: Pen,
    area: Pen,
    point: Pen,
}

impl Style {
    fn new(colour: [u8; 3], width: f64, area: f32, point: f64) -> Style {
        let pen = |share, width| Pen { colour, share, width };
        Style { line: pen(1.0, width), area: pen(area, 0.0), point: pen(1.0, point) }
    }
}

/// A view with its features and marks.
pub struct VectorMap<'a> {
    pub view: View,
    pub outlines: &'a [Outline],
    /// Numbers of the features concerned.
    pub concerned: &'a BTreeSet<u64>,
    /// The places that are marked.
    pub places: &'a [[f64; 2]],
    /// Of the rings.
    pub radius: f64,
    /// Of a detail.
    pub bar: Option<ScaleBar>,
}

impl Map for VectorMap<'_> {
    fn size(&self) -> [u32; 2] {
        self.view.size
    }

    fn draw(&self, canvas: &mut Canvas, area: &Area, fonts: &Fonts) {
        let is_detail = self.bar.is_some();
        let others = Style::new(OTHERS, if is_detail { 1.2 } else { 0.6 }, 0.12, if is_detail { 5.0 } else { 2.0 });
        let strong = Style::new(CONCERNED, if is_detail { 2.2 } else { 1.0 }, 0.25, if is_detail { 7.0 } else { 3.0 });
        let features = || self.outlines.chunk_by(|a, b| a.feature == b.feature);
        let (concerned, rest): (Vec<_>, Vec<_>) =
            features().partition(|feature| self.concerned.contains(&feature[0].feature));
        rest.iter().for_each(|feature| self.feature(canvas, area, feature, &others));
        concerned.iter().for_each(|feature| self.feature(canvas, area, feature, &strong));
        if is_detail {
            self.dots(canvas, area, &concerned);
        }
        let inside = self.places.iter().filter(|place| self.view.holds(**place));
        let places: Vec<[f64; 2]> = inside.map(|place| self.view.place(area, *place)).collect();
        rings(canvas, &places, self.radius);
        if let Some(bar) = &self.bar {
            bar.draw(canvas, area, fonts);
        }
    }
}

impl VectorMap<'_> {
    fn feature(&self, canvas: &mut Canvas, area: &Area, outlines: &[Outline], style: &Style) {
        let placed: Vec<Vec<[f64; 2]>> = outlines.iter().map(|outline| self.placed(area, outline)).collect();
        let is_ring = |outline: &Outline| outline.kind == OutlineKind::Ring && outline.vertices.len() > 2;
        let rings = outlines.iter().zip(&placed).filter(|(outline, _)| is_ring(outline));
        let rings: Vec<Vec<[f64; 2]>> = rings.map(|(_, placed)| placed.clone()).collect();
        canvas.shade(area, &rings, &style.area);
        for (outline, placed) in outlines.iter().zip(&placed) {
            match (outline.kind, &placed[..]) {
                (OutlineKind::Point, places) => places.iter().for_each(|place| canvas.dot(area, *place, &style.point)),
                // What shrank to less than a pixel.
                (_, [only]) => canvas.dot(area, *only, &Pen { width: style.line.width.max(1.5), ..style.line }),
                (_, places) => {
                    places.windows(2).for_each(|pair| canvas.line(area, [pair[0], pair[1]], &style.line));
                }
            }
        }
    }

    /// The vertices of features, where there are few of them.
    fn dots(&self, canvas: &mut Canvas, area: &Area, features: &[&[Outline]]) {
        let outlines = features.iter().flat_map(|feature| feature.iter());
        let vertices =
            outlines.filter(|outline| outline.kind != OutlineKind::Point).flat_map(|outline| &outline.vertices);
        let shown: Vec<[f64; 2]> = vertices.copied().filter(|vertex| self.view.holds(*vertex)).collect();
        if shown.len() <= DOTTED {
            let pen = Pen { colour: CONCERNED, share: 1.0, width: 5.0 };
            shown.iter().for_each(|vertex| canvas.dot(area, self.view.place(area, *vertex), &pen));
        }
    }

    fn placed(&self, area: &Area, outline: &Outline) -> Vec<[f64; 2]> {
        outline.vertices.iter().map(|vertex| self.view.place(area, *vertex)).collect()
    }
}
