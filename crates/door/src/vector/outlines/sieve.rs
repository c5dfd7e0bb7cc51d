//! Which vertices a picture does without.

/// West, south, east, north.
pub type Bounds = [f64; 4];

/// Leaves out vertices that make no difference in a window, at a tolerance.
#[derive(Debug, Clone, Copy)]
pub struct Sieve {
    /// What is looked at; all if none.
    pub window: Option<Bounds>,
    /// What cannot be told apart, in units of the coordinates.
    pub tolerance: f64,
}

impl Sieve {
    /// Whether the box around vertices meets the window; no box does where there are none.
    pub fn touches(&self, vertices: &[[f64; 2]]) -> bool {
        let Some([west, south, east, north]) = bounds(vertices) else { return false };
        self.window
            .is_none_or(|window| west <= window[2] && east >= window[0] && south <= window[3] && north >= window[1])
    }

    /// The first and last vertex, and those between that are not too close to the one before; one alone where nothing is left to see.
    /// Of a stretch that runs beyond one side of the window its ends are enough: neither lines nor areas within change.
    pub fn sift(&self, vertices: &[[f64; 2]]) -> Vec<[f64; 2]> {
        let (Some(first), Some(last)) = (vertices.first(), vertices.last()) else { return Vec::new() };
        let mut kept = vec![*first];
        for pair in vertices.windows(2).skip(1) {
            let ([vertex, next], before) = ([pair[0], pair[1]], kept[kept.len() - 1]);
            let beyond = self.sides(before) & self.sides(vertex) & self.sides(next);
            if beyond == 0 && !self.is_near(before, vertex) {
                kept.push(vertex);
            }
        }
        if vertices.len() > 1 && (kept.len() > 1 || !self.is_near(*first, *last)) {
            kept.push(*last);
        }
        kept
    }

    fn is_near(&self, a: [f64; 2], b: [f64; 2]) -> bool {
        a == b || distance(a, b) < self.tolerance
    }

    /// The sides of the window that a place is beyond, a bit for each.
    fn sides(&self, [x, y]: [f64; 2]) -> u8 {
        let Some([west, south, east, north]) = self.window else { return 0 };
        [x < west, y < south, x > east, y > north].iter().rev().fold(0, |sides, beyond| sides << 1 | u8::from(*beyond))
    }
}

/// How far apart two places are along the axis on which they are farther apart.
pub fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).abs().max((a[1] - b[1]).abs())
}

/// The box around vertices.
pub fn bounds(vertices: &[[f64; 2]]) -> Option<Bounds> {
    let one = |[x, y]: &[f64; 2]| [*x, *y, *x, *y];
    vertices.iter().map(one).reduce(union)
}

/// The box around two.
pub fn union(a: Bounds, b: Bounds) -> Bounds {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sieve(window: Option<Bounds>, tolerance: f64) -> Sieve {
        Sieve { window, tolerance }
    }

    #[test]
    fn ends_stay_and_what_is_close_goes() {
        let line: Vec<[f64; 2]> = (0..=100).map(|at| [f64::from(at) / 10.0, 0.0]).collect();
        let kept = sieve(None, 1.0).sift(&line);
        assert_eq!(kept, (0..=10).map(|at| [f64::from(at), 0.0]).collect::<Vec<_>>());
        assert_eq!(sieve(None, 100.0).sift(&line), [[0.0, 0.0]]);
        assert_eq!(sieve(None, 9.0).sift(&line), [[0.0, 0.0], [9.0, 0.0], [10.0, 0.0]]);
        assert_eq!(sieve(None, 0.0).sift(&[[1.0, 1.0], [1.0, 1.0]]), [[1.0, 1.0]]);
        assert_eq!(sieve(None, 0.0).sift(&[]), Vec::<[f64; 2]>::new());
    }

    #[test]
    fn what_runs_beyond_a_side_is_shortened() {
        let window = Some([0.0, 0.0, 1.0, 1.0]);
        let around: Vec<[f64; 2]> = (0..1_000).map(|at| [-5.0 - f64::from(at % 7), f64::from(at) / 500.0]).collect();
        assert_eq!(sieve(window, 1e-9).sift(&around).len(), 2);
        assert!(!sieve(window, 0.0).touches(&around) && !sieve(window, 0.0).touches(&[]));
        assert!(sieve(window, 0.0).touches(&[[1.0, 1.0], [2.0, 2.0]]));
    }

    /// Even-odd, as pictures fill.
    fn is_inside(ring: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
        let crossed = ring.windows(2).filter(|pair| (pair[0][1] > y) != (pair[1][1] > y)).filter(|pair| {
            let ([ax, ay], [bx, by]) = (pair[0], pair[1]);
            x < ax + (y - ay) / (by - ay) * (bx - ax)
        });
        crossed.count() % 2 == 1
    }

    proptest! {
        #[test]
        fn areas_within_the_window_stay(vertices in prop::collection::vec([-9.0..9.0f64, -9.0..9.0f64], 3..40)) {
            let mut ring = vertices;
            ring.push(ring[0]);
            let sifted = sieve(Some([-2.0, -2.0, 2.0, 2.0]), 0.0).sift(&ring);
            prop_assert!(sifted.len() <= ring.len());
            for place in (0..100).map(|at| [f64::from(at % 10) * 0.4 - 1.83, f64::from(at / 10) * 0.4 - 1.83]) {
                prop_assert_eq!(is_inside(&ring, place), is_inside(&sifted, place), "{:?}", place);
            }
        }

        #[test]
        fn no_vertex_is_moved_and_none_that_goes_was_far(
            vertices in prop::collection::vec([-9.0..9.0f64, -9.0..9.0f64], 1..60), tolerance in 0.0..5.0f64
        ) {
            let sifted = sieve(None, tolerance).sift(&vertices);
            prop_assert!(sifted.iter().all(|kept| vertices.contains(kept)));
            for vertex in vertices {
                prop_assert!(sifted.iter().any(|kept| distance(*kept, vertex) <= tolerance), "{:?}", vertex);
            }
        }
    }
}
