//! Parts of a plane, and which of them a picture shows.

/// West, south, east, north.
pub type Bounds = [f64; 4];

/// Coordinates beyond this are taken for this: differences of larger ones are no numbers.
const FARTHEST: f64 = 1e300;
/// No part that is shown is smaller: quotients of smaller ones are no numbers.
const NEAREST: f64 = 1e-290;
/// The detail is so many times as wide as a feature.
const AROUND_FEATURE: f64 = 2.5;
/// And so many times as wide as the way to the vertices that matter at a defect.
const AROUND_DEFECT: f64 = 2.4;
/// What has no size is shown in this part of the layer.
const OF_LAYER: f64 = 0.1;

/// What the detail is to show.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    /// The place that was found.
    pub place: [f64; 2],
    /// Whether that is the place of a defect, not just some vertex of the feature.
    pub is_defect: bool,
    /// The box around the feature.
    pub bounds: Option<Bounds>,
    /// How far from the place its nearest vertices lie.
    pub reach: Option<f64>,
}

/// The square around a subject in a layer with these bounds: at a defect the vertices near it, else the whole feature; of what has no
/// size, the layer's surroundings.
pub fn around(subject: &Subject, layer: Bounds) -> Bounds {
    let bounds = subject.bounds.map(tamed);
    let feature = bounds.map_or(0.0, longer_side);
    let at_defect = subject.reach.filter(|reach| subject.is_defect && *reach >= least_side(subject.place));
    let (centre, side) = match (at_defect, bounds) {
        // Not wider than what shows the whole feature.
        (Some(reach), _) => (subject.place, (reach * AROUND_DEFECT).min((feature * AROUND_FEATURE).max(reach))),
        (None, Some(bounds)) if !subject.is_defect && feature >= least_side(centre(bounds)) => {
            (centre(bounds), feature * AROUND_FEATURE)
        }
        _ => (subject.place, longer_side(tamed(layer)) * OF_LAYER),
    };
    // A layer of one place: a unit of its CRS.
    let least = least_side(centre);
    let side = if side >= least { side } else { least.max(1.0) };
    square(centre, side)
}

/// The box around a layer with some white around it, not narrower than an eighth of its length.
pub fn whole(layer: Bounds) -> Bounds {
    let layer = tamed(layer);
    let centre = centre(layer);
    let longer = longer_side(layer);
    let longer = if longer >= least_side(centre) { longer } else { least_side(centre).max(1.0) };
    let half = |from: f64, to: f64| ((to - from) / 2.0).max(longer / 16.0) + longer * 0.02;
    let [x, y] = [half(layer[0], layer[2]), half(layer[1], layer[3])];
    [centre[0] - x, centre[1] - y, centre[0] + x, centre[1] + y]
}

/// A part with so much around it, of its longer side.
pub fn widened([west, south, east, north]: Bounds, share: f64) -> Bounds {
    let more = longer_side([west, south, east, north]) * share;
    [west - more, south - more, east + more, north + more]
}

/// The longer side.
pub fn longer_side([west, south, east, north]: Bounds) -> f64 {
    (east - west).max(north - south)
}

/// What 64-bit numbers of this size can still tell apart, a few thousand times.
fn least_side([x, y]: [f64; 2]) -> f64 {
    (x.abs().max(y.abs()) * 1e-12).max(NEAREST)
}

fn tamed(bounds: Bounds) -> Bounds {
    bounds.map(|at| at.clamp(-FARTHEST, FARTHEST))
}

fn centre([west, south, east, north]: Bounds) -> [f64; 2] {
    [west / 2.0 + east / 2.0, south / 2.0 + north / 2.0]
}

fn square([x, y]: [f64; 2], side: f64) -> Bounds {
    let half = side / 2.0;
    [x - half, y - half, x + half, y + half]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LAYER: Bounds = [0.0, 0.0, 1000.0, 500.0];

    fn subject(place: [f64; 2], bounds: Bounds) -> Subject {
        Subject { place, is_defect: false, bounds: Some(bounds), reach: None }
    }

    #[test]
    fn a_feature_is_shown_whole_with_its_surroundings() {
        let shown = around(&subject([10.0, 10.0], [10.0, 10.0, 14.0, 12.0]), LAYER);
        assert_eq!(shown, [7.0, 6.0, 17.0, 16.0]);
    }

    #[test]
    fn a_defect_is_shown_with_the_vertices_near_it() {
        let large = subject([300.0, 300.0], [0.0, 0.0, 400.0, 400.0]);
        let near = Subject { is_defect: true, reach: Some(5.0), ..large };
        assert_eq!(around(&near, LAYER), [294.0, 294.0, 306.0, 306.0]);
        // A bow-tie of four vertices is shown whole.
        let tie = Subject { is_defect: true, reach: Some(2.0), ..subject([2.0, 2.0], [0.0, 0.0, 4.0, 4.0]) };
        let [west, south, east, north] = around(&tie, LAYER);
        assert!(west < 0.0 && south < 0.0 && east > 4.0 && north > 4.0);
    }

    #[test]
    fn points_have_a_window_too() {
        let point = subject([100.0, 100.0], [100.0; 4]);
        assert_eq!(around(&point, LAYER), [50.0, 50.0, 150.0, 150.0]);
        assert_eq!(around(&point, [100.0; 4]), [99.5, 99.5, 100.5, 100.5]);
        assert!((longer_side(whole([7.0, 8.0, 7.0, 8.0])) - 0.165).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn windows_are_finite_and_hold_their_place(
            numbers in prop::array::uniform8(prop_oneof![-1e3..1e3f64, Just(0.0), Just(1e308), Just(-1.7e308), -1e9..1e9f64]),
            is_defect: bool, reach in prop::option::of(0.0..1e6f64), has_bounds: bool
        ) {
            let sorted = |a: f64, b: f64, c: f64, d: f64| [a.min(c), b.min(d), a.max(c), b.max(d)];
            let [a, b, c, d, e, f, g, h] = numbers;
            let (layer, bounds) = (sorted(a, b, c, d), sorted(e, f, g, h));
            let place = [bounds[0].clamp(-1e12, 1e12), bounds[1].clamp(-1e12, 1e12)];
            let subject = Subject { place, is_defect, bounds: has_bounds.then_some(bounds), reach };
            for shown in [around(&subject, layer), whole(layer)] {
                prop_assert!(shown.iter().all(|at| at.is_finite()), "{:?}", shown);
                prop_assert!(shown[2] > shown[0] && shown[3] > shown[1], "{:?}", shown);
            }
            if !has_bounds {
                let shown = around(&subject, layer);
                prop_assert!((shown[0]..=shown[2]).contains(&place[0]) && (shown[1]..=shown[3]).contains(&place[1]));
            }
        }
    }
}
