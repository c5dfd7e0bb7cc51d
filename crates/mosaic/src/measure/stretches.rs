//! Stretches of pixels over which no plane of several changes.

/// Pixels looked at before stretches are told: as many as a word has bits.
const CHUNK: usize = 64;

/// Tells the longest stretches over which each plane holds one value, as (first pixel, first pixel after it), in their order. They
/// cover the planes. Rows do not matter: a stretch may go on over the end of one.
///
/// # Panics
/// Where the planes have different lengths.
pub(super) fn stretches<const N: usize>(planes: [&[u32]; N], mut tell: impl FnMut(usize, usize)) {
    let len = planes.first().map_or(0, |plane| plane.len());
    assert!(planes.iter().all(|plane| plane.len() == len), "planes of different lengths");
    let mut start = 0;
    for first in (1..len).step_by(CHUNK) {
        let end = len.min(first + CHUNK);
        let mut changes = changes(planes.map(|plane| &plane[first - 1..end]));
        while changes != 0 {
            let change = first + changes.trailing_zeros() as usize;
            changes &= changes - 1;
            tell(start, change);
            start = change;
        }
    }
    if start < len {
        tell(start, len);
    }
}

/// Which pixels differ from the one before them, from the second of up to 65: one a bit. Lengths of runs cannot be foreseen, so a
/// branch at each pixel would cost more than all else; this way there is one at each change.
fn changes<const N: usize>(planes: [&[u32]; N]) -> u64 {
    let mut differs = [0u8; CHUNK];
    for plane in planes {
        for ((differs, before), after) in differs.iter_mut().zip(plane).zip(&plane[1..]) {
            *differs |= u8::from(before != after);
        }
    }
    let (bytes, _) = differs.as_chunks::<8>();
    bytes.iter().rev().fold(0, |word, bytes| word << 8 | packed(*bytes))
}

/// Eight bytes that are 0 or 1 as the bits of one, the first as the lowest: the product brings each to its place in the topmost byte.
fn packed(bytes: [u8; 8]) -> u64 {
    u64::from_le_bytes(bytes).wrapping_mul(0x0102_0408_1020_4080) >> 56
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
