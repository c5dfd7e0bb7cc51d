//! Flicker: pixels that leave a class and come back to it at once.

use std::ops::AddAssign;

use super::{NOTHING, stretches::stretches};

/// Pixels looked at together. Where a period holds the same in all of them as the period before, it costs one comparison.
const CHUNK: usize = 128;

/// Counts of flicker. Those of several windows add up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flicker {
    /// Pixels that hold a chosen class in any period.
    pub ever: u64,
    /// Those of them that flicker.
    pub flickering: u64,
}

impl AddAssign for Flicker {
    fn add_assign(&mut self, other: Self) {
        self.ever += other.ever;
        self.flickering += other.flickering;
    }
}

/// A period in which something changes in the chunk, and those after it in which nothing does.
struct Step<'a> {
    /// The first of these periods.
    period: usize,
    pixels: &'a [u32],
}

/// Counts the pixels that flicker: planes of one window, one a period, in the order of time.
///
/// A pixel flickers if it holds a class c of the chosen ones, then for at least one and at most `away` periods in a row does not hold
/// c, then holds c again, and speaks in at least one of the periods between. Nothing alone between is a gap in the data and no
/// flicker. A pixel counts once, however often it flickers. `chosen` is not asked about nothing. `tell` gets the pixels that flicker,
/// in their order, each with the period (its place in `series`) that says something else first when the pixel flickers first.
///
/// ```
/// use mutirao_mosaic::measure::{NOTHING, flicker::{Flicker, flicker}};
///
/// let series: [&[u32]; 3] = [&[3, 3, 3], &[15, NOTHING, 3], &[3, 3, 15]];
/// assert_eq!(flicker(&series, |class| class == 3, 1, |pixel, period| assert_eq!((pixel, period), (0, 1))), Flicker { ever: 3, flickering: 1 });
/// ```
///
/// # Panics
/// Where the planes have different lengths.
pub fn flicker(
    series: &[&[u32]],
    chosen: impl Fn(u32) -> bool,
    away: usize,
    mut tell: impl FnMut(usize, usize),
) -> Flicker {
    let len = series.first().map_or(0, |plane| plane.len());
    assert!(series.iter().all(|plane| plane.len() == len), "planes of different lengths");
    let chosen = |pixel: u32| pixel != NOTHING && chosen(pixel);
    let mut found = Flicker::default();
    let mut steps: Vec<Step> = Vec::with_capacity(series.len());
    for first in (0..len).step_by(CHUNK) {
        steps.clear();
        for (period, plane) in series.iter().enumerate() {
            let pixels = &plane[first..len.min(first + CHUNK)];
            if steps.last().is_none_or(|last| last.pixels != pixels) {
                steps.push(Step { period, pixels });
            }
        }
        found += chunk(&steps, &chosen, away, |pixel, period| tell(first + pixel, period));
    }
    found
}

/// Counts the pixels of a chunk.
fn chunk(steps: &[Step], chosen: &impl Fn(u32) -> bool, away: usize, mut tell: impl FnMut(usize, usize)) -> Flicker {
    let mut found = Flicker::default();
    let pixels = steps[0].pixels;
    let mut changed = [0u32; CHUNK];
    for pair in steps.windows(2) {
        for ((changed, was), is) in changed.iter_mut().zip(pair[0].pixels).zip(pair[1].pixels) {
            *changed |= was ^ is;
        }
    }
    changed.iter_mut().for_each(|bits| *bits = u32::from(*bits != 0));
    stretches([&changed[..pixels.len()], pixels], |start, end| {
        if changed[start] == 0 {
            found.ever += if chosen(pixels[start]) { (end - start) as u64 } else { 0 };
            return;
        }
        for pixel in start..end {
            let held = |step: &Step| step.pixels[pixel];
            let left = (2..steps.len()).find_map(|at| returns(steps, at, held, chosen, away));
            found.ever += u64::from(left.is_some() || steps.iter().any(|step| chosen(held(step))));
            found.flickering += u64::from(left.is_some());
            if let Some(period) = left {
                tell(pixel, period);
            }
        }
    });
    found
}

/// Where a pixel comes back at a step to a chosen class that it left at most `away` periods before, for something that speaks: the
/// first period that does.
fn returns(
    steps: &[Step],
    at: usize,
    held: impl Fn(&Step) -> u32,
    chosen: impl Fn(u32) -> bool,
    away: usize,
) -> Option<usize> {
    let class = held(&steps[at]);
    if class == held(&steps[at - 1]) || !chosen(class) {
        return None;
    }
    let mut speaks = None;
    for before in (0..at).rev() {
        let other = held(&steps[before]);
        if other == class {
            return speaks;
        }
        if other != NOTHING {
            speaks = Some(steps[before].period);
        }
        // Away since this step at least.
        if steps[at].period - steps[before].period > away {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measure::UNKNOWN;

    const HELD: [u32; 5] = [NOTHING, UNKNOWN, 3, 15, 24];

    fn chosen(class: u32) -> bool {
        class == 3 || class == 15
    }

    /// By the definition, word for word: the period that says something else, where it returns first.
    fn flickers(series: &[u32], away: usize) -> Option<usize> {
        let leaves = |start: usize, end: usize| {
            let middle = &series[start + 1..end];
            let is_left = chosen(series[start])
                && series[end] == series[start]
                && middle.iter().all(|class| *class != series[start]);
            let speaks = middle.iter().position(|class| *class != NOTHING)?;
            is_left.then_some(start + 1 + speaks)
        };
        let starts = |end: usize| (0..end).filter(move |start| end - start <= away + 1).map(move |start| (start, end));
        (0..series.len()).flat_map(starts).find_map(|(start, end)| leaves(start, end))
    }

    fn check(series: &[Vec<u32>], away: usize) {
        let planes: Vec<&[u32]> = series.iter().map(|plane| &plane[..]).collect();
        let mut told = Vec::new();
        let found = flicker(&planes, chosen, away, |pixel, period| told.push((pixel, period)));
        let pixels = 0..series.first().map_or(0, |plane| plane.len());
        let column = |at: usize| series.iter().map(|plane| plane[at]).collect::<Vec<u32>>();
        let expected: Vec<(usize, usize)> =
            pixels.clone().filter_map(|at| Some((at, flickers(&column(at), away)?))).collect();
        let ever = pixels.filter(|at| column(*at).into_iter().any(chosen)).count();
        assert_eq!(found, Flicker { ever: ever as u64, flickering: expected.len() as u64 });
        assert_eq!(told, expected);
    }

    proptest! {
        #[test]
        fn it_counts_by_the_definition(
            periods in 0usize..9,
            away in 0usize..5,
            runs in prop::collection::vec((prop::collection::vec(0usize..5, 9), 1usize..60, any::<bool>()), 0..12),
        ) {
            let plane = |period: usize| {
                let held = |run: &(Vec<usize>, usize, bool)| HELD[run.0[if run.2 { 0 } else { period }]];
                runs.iter().flat_map(|run| std::iter::repeat_n(held(run), run.1)).collect::<Vec<u32>>()
            };
            check(&(0..periods).map(plane).collect::<Vec<_>>(), away);
        }
    }

    #[test]
    fn what_is_away_too_long_or_only_silent_does_not_flicker() {
        let count = |series: &[u32], away| {
            let planes: Vec<[u32; 1]> = series.iter().map(|pixel| [*pixel]).collect();
            flicker(&planes.iter().map(|plane| &plane[..]).collect::<Vec<_>>(), chosen, away, |_, _| ()).flickering
        };
        assert_eq!([1, 2, 3].map(|away| count(&[3, 24, 24, 3], away)), [0, 1, 1]);
        assert_eq!(count(&[3, NOTHING, NOTHING, 3], 2), 0);
        assert_eq!(count(&[3, NOTHING, UNKNOWN, 3], 2), 1);
        assert_eq!(count(&[24, 3, 24], 1), 0, "24 was not chosen");
        assert_eq!(count(&[3, 15, 3, 15], 1), 1);
        assert_eq!(count(&[3, 24, 24], 1), 0, "it never came back");
    }
}
