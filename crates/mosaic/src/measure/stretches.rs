//! Stretches of pixels over which no plane of several changes.

/// Pixels looked at before stretches are told.
const CHUNK: usize = 1024;

/// Tells the longest stretches over which each plane holds one value, as (first pixel, first pixel after it), in their order. They
/// cover the planes. Rows do not matter: a stretch may go on over the end of one.
///
/// # Panics
/// Where the planes have different lengths.
pub(super) fn stretches<const N: usize>(planes: [&[u32]; N], mut tell: impl FnMut(usize, usize)) {
    let len = planes.first().map_or(0, |plane| plane.len());
    assert!(planes.iter().all(|plane| plane.len() == len), "planes of different lengths");
    let mut ends = [0u32; CHUNK];
    let mut start = 0;
    for first in (1..len).step_by(CHUNK) {
        let pixels = CHUNK.min(len - first);
        let known = changes(planes.map(|plane| &plane[first - 1..first + pixels]), &mut ends);
        for end in &ends[..known] {
            let end = first + *end as usize;
            tell(start, end);
            start = end;
        }
    }
    if start < len {
        tell(start, len);
    }
}

/// Where a pixel differs from the one before it, counted from the second pixel of the planes. Returns how many there are.
///
/// As in [`crate::changes`], every place is written where the next change belongs and stays if it is one: a branch at each would cost
/// more than all else.
fn changes<const N: usize>(planes: [&[u32]; N], ends: &mut [u32; CHUNK]) -> usize {
    let before = planes.map(|plane| &plane[..plane.len() - 1]);
    let after = planes.map(|plane| &plane[1..]);
    let mut known = 0;
    for at in 0..before[0].len() {
        let differs = (0..N).fold(false, |differs, plane| differs | (before[plane][at] != after[plane][at]));
        ends[known] = at as u32;
        known += usize::from(differs);
    }
    known
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn stretches_cover_the_planes_and_end_where_one_changes(
            runs in prop::collection::vec((0u32..3, 0u32..3, 1usize..400), 0..40),
        ) {
            let plane = |of: fn(&(u32, u32, usize)) -> u32| -> Vec<u32> {
                runs.iter().flat_map(|run| std::iter::repeat_n(of(run), run.2)).collect()
            };
            let planes = [plane(|run| run.0), plane(|run| run.1)];
            let mut next = 0;
            stretches([&planes[0], &planes[1]], |start, end| {
                assert_eq!(start, next);
                assert!(planes.iter().all(|plane| plane[start..end].iter().all(|pixel| *pixel == plane[start])));
                assert!(start == 0 || planes.iter().any(|plane| plane[start - 1] != plane[start]));
                next = end;
            });
            prop_assert_eq!(next, planes[0].len());
        }
    }
}
