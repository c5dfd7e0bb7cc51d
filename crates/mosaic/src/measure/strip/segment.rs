//! What lies near a segment, on a line.

/// The part of the x axis, from and to, that lies within a distance of the segment between two points; none where no part does.
///
/// The points within a distance of a segment are a capsule: two discs around its ends, and the rectangle between them. It is convex, so the
/// axis meets it in one stretch, which ends on a disc or on one of the two long sides; the short ones lie within the discs. So the stretch is
/// the least that holds the chords of the discs and the places where the long sides cross the axis.
pub fn near(a: [f64; 2], b: [f64; 2], distance: f64) -> Option<[f64; 2]> {
    let [east, north] = [b[0] - a[0], b[1] - a[1]];
    // Not a number where both ends are one, or the distance is infinite: no comparison holds then, and the discs are all there is.
    let aside = [-north, east].map(|side| side / east.hypot(north) * distance);
    let long = |sign: f64| crossing(moved(a, aside, sign), moved(b, aside, sign)).map(|x| [x, x]);
    let parts = [chord(a, distance), chord(b, distance), long(1.0), long(-1.0)];
    parts.into_iter().flatten().reduce(|one, other| [one[0].min(other[0]), one[1].max(other[1])])
}

/// The part of the x axis within a disc.
fn chord([x, y]: [f64; 2], radius: f64) -> Option<[f64; 2]> {
    let half = (radius * radius - y * y).sqrt();
    (y.abs() <= radius).then_some([x - half, x + half])
}

/// Where a segment crosses the x axis from one side to the other.
fn crossing(a: [f64; 2], b: [f64; 2]) -> Option<f64> {
    ((a[1] > 0.0) != (b[1] > 0.0)).then(|| a[0] + (b[0] - a[0]) * (a[1] / (a[1] - b[1])))
}

fn moved(point: [f64; 2], by: [f64; 2], times: f64) -> [f64; 2] {
    [point[0] + times * by[0], point[1] + times * by[1]]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// How far a point of the x axis lies from a segment: from its foot, or the nearer end.
    fn away(x: f64, a: [f64; 2], b: [f64; 2]) -> f64 {
        let [east, north] = [b[0] - a[0], b[1] - a[1]];
        let squared = east * east + north * north;
        let along = if squared > 0.0 { ((x - a[0]) * east - a[1] * north) / squared } else { 0.0 };
        let along = along.clamp(0.0, 1.0);
        (x - a[0] - along * east).hypot(a[1] + along * north)
    }

    fn point() -> impl Strategy<Value = [f64; 2]> {
        prop_oneof![
            (-50.0..50.0, -20.0..20.0).prop_map(|(x, y)| [x, y]),
            // Upright, level and empty segments, and those that touch.
            (-3i32..4, -3i32..4).prop_map(|(x, y)| [f64::from(x), f64::from(y)]),
        ]
    }

    proptest! {
        #[test]
        fn ends_lie_at_the_distance_and_all_between_within(
            a in point(),
            b in point(),
            distance in prop_oneof![0.0..30.0, (0i32..4).prop_map(f64::from)],
            shares in prop::collection::vec(0.0..1.0, 5),
            others in prop::collection::vec(-120.0..120.0, 20),
        ) {
            match near(a, b, distance) {
                Some([from, to]) => {
                    for end in [from, to] {
                        prop_assert!((away(end, a, b) - distance).abs() < 1e-6, "{end}: {}", away(end, a, b));
                    }
                    for share in shares {
                        prop_assert!(away(from + share * (to - from), a, b) <= distance + 1e-6);
                    }
                    for x in others.into_iter().filter(|x| !(from..=to).contains(x)) {
                        prop_assert!(away(x, a, b) > distance - 1e-6);
                    }
                }
                None => prop_assert!(others.into_iter().all(|x| away(x, a, b) > distance - 1e-6)),
            }
        }
    }

    #[test]
    fn any_distance_will_do() {
        let (a, b) = ([1.0, 2.0], [4.0, 6.0]);
        assert_eq!(near(a, b, f64::INFINITY), Some([f64::NEG_INFINITY, f64::INFINITY]));
        assert_eq!((near(a, b, 1.9), near(a, b, 2.0)), (None, Some([1.0, 1.0])));
    }
}
