use mutirao_core::grid::Window;
use proptest::prelude::*;

use super::*;
use crate::measure::{NOTHING, UNKNOWN};

/// A frame of few pixels.
#[derive(Debug, Clone)]
struct Image {
    size: [u32; 2],
    pixels: Vec<u32>,
}

/// Every class but `-`.
fn chosen(class: u32) -> bool {
    class != u32::from('-')
}

fn is_small(pixels: u64, area: u128) -> bool {
    pixels < 4 || area < 5000
}

/// Another weight for every pixel, so that no wrong sum looks right.
fn weigh(row: u32, start: u32, end: u32) -> u128 {
    (start..end).map(|col| 1000 + u128::from(row * 17 + col).pow(2)).sum()
}

impl Image {
    fn new(rows: &[&str]) -> Self {
        let pixel = |c: char| if c == '.' { NOTHING } else { c.into() };
        let pixels = rows.iter().flat_map(|row| row.chars().map(pixel)).collect();
        Image { size: [rows[0].len() as u32, rows.len() as u32], pixels }
    }

    fn window(&self) -> Window {
        Window { col: 0, row: 0, width: self.size[0], height: self.size[1] }
    }

    fn plane(&self, window: &Window) -> Vec<u32> {
        let row =
            |row: u32| (row * self.size[0] + window.col) as usize..(row * self.size[0] + window.col_end()) as usize;
        (window.row..window.row_end()).flat_map(|at| self.pixels[row(at)].to_vec()).collect()
    }

    fn sieve(&self, connectivity: Connectivity, at_edges: bool, keep: usize) -> Sieve<fn(u64, u128) -> bool> {
        Sieve { connectivity, frame: self.size, at_edges, is_small, keep }
    }

    /// What is found by units.
    fn sieved(&self, sieve: &Sieve<fn(u64, u128) -> bool>, units: &[Window]) -> Sieved {
        let mut join = Join::new(sieve);
        for window in units {
            join.add(sieve.label(window, &self.plane(window), chosen, weigh));
        }
        join.finish()
    }

    /// All patches, found by flooding.
    fn flooded(&self, connectivity: Connectivity) -> Vec<Patch> {
        let mut seen = vec![false; self.pixels.len()];
        let mut patches = Vec::new();
        for at in 0..self.pixels.len() {
            if !seen[at] && self.pixels[at] != NOTHING && chosen(self.pixels[at]) {
                patches.push(self.flood(connectivity, at, &mut seen));
            }
        }
        patches
    }

    fn flood(&self, connectivity: Connectivity, first: usize, seen: &mut [bool]) -> Patch {
        let [width, height] = self.size.map(i64::from);
        let class = self.pixels[first];
        let (row, col) = (first as u32 / self.size[0], first as u32 % self.size[0]);
        let mut patch = Patch { row, col, class, pixels: 0, area: 0, at_edge: false };
        let mut front = vec![(i64::from(col), i64::from(row))];
        seen[first] = true;
        while let Some((x, y)) = front.pop() {
            patch.pixels += 1;
            patch.area += weigh(y as u32, x as u32, x as u32 + 1);
            let around = (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (dx, dy)));
            for (dx, dy) in around.filter(|(dx, dy)| connectivity == Connectivity::Eight || dx * dy == 0) {
                let (x, y) = (x + dx, y + dy);
                if x < 0 || y < 0 || x >= width || y >= height {
                    patch.at_edge = true;
                    continue;
                }
                let at = (y * width + x) as usize;
                patch.at_edge |= self.pixels[at] == NOTHING;
                if self.pixels[at] == class && !std::mem::replace(&mut seen[at], true) {
                    front.push((x, y));
                }
            }
        }
        patch
    }

    /// What is to be found.
    fn expected(&self, sieve: &Sieve<fn(u64, u128) -> bool>) -> Sieved {
        let patches = self.flooded(sieve.connectivity);
        let judged: Vec<&Patch> = patches.iter().filter(|patch| sieve.at_edges || !patch.at_edge).collect();
        let small: Vec<Patch> =
            judged.iter().filter(|patch| is_small(patch.pixels, patch.area)).map(|patch| **patch).collect();
        let totals = Totals {
            patches: patches.len() as u64,
            judged: judged.len() as u64,
            left_out: (patches.len() - judged.len()) as u64,
            small: small.len() as u64,
            small_pixels: small.iter().map(|patch| patch.pixels).sum(),
            small_area: small.iter().map(|patch| patch.area).sum(),
        };
        let least = judged.iter().map(|patch| patch.area).min();
        Sieved { totals, first: small.into_iter().take(sieve.keep).collect(), least }
    }

    /// Holds every division given against the flood.
    fn check(&self, divisions: &[Vec<Window>]) {
        for connectivity in [Connectivity::Four, Connectivity::Eight] {
            for (at_edges, keep) in [(false, usize::MAX), (true, usize::MAX), (true, 2), (false, 0)] {
                let sieve = self.sieve(connectivity, at_edges, keep);
                let expected = self.expected(&sieve);
                for units in divisions {
                    assert_eq!(self.sieved(&sieve, units), expected, "{connectivity:?} {at_edges} {units:?}");
                }
            }
        }
    }
}

/// Cuts a window in two again and again, across or upright, as the numbers say.
fn cut(window: Window, numbers: &mut impl Iterator<Item = u32>, into: &mut Vec<Window>) {
    let number = numbers.next().unwrap_or(0);
    let Window { col, row, width, height } = window;
    if number % 2 == 1 && width > 1 {
        let west = 1 + (number / 2) % (width - 1);
        cut(Window { width: west, ..window }, numbers, into);
        cut(Window { col: col + west, width: width - west, ..window }, numbers, into);
    } else if number > 0 && height > 1 {
        let north = 1 + (number / 2) % (height - 1);
        cut(Window { height: north, ..window }, numbers, into);
        cut(Window { row: row + north, height: height - north, ..window }, numbers, into);
    } else {
        into.push(window);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn patches_equal_a_flood_however_the_frame_is_cut(
        width in 1u32..14,
        height in 1u32..12,
        kinds in 1u32..4,
        seed in prop::collection::vec(0u32..100, 14 * 12),
        cuts in prop::collection::vec(0u32..40, 0..40),
        order in any::<prop::sample::Selector>(),
    ) {
        let held = ['a'.into(), '-'.into(), UNKNOWN, 'b'.into()];
        let pixel = |seed: &u32| if *seed < 10 { NOTHING } else { held[(seed % kinds) as usize] };
        let pixels = seed.iter().take((width * height) as usize).map(pixel).collect();
        let image = Image { size: [width, height], pixels };
        let mut units = Vec::new();
        cut(image.window(), &mut cuts.into_iter(), &mut units);
        let mut mixed = Vec::new();
        let mut left = units.clone();
        while !left.is_empty() {
            let at = order.select(0..left.len());
            mixed.push(left.swap_remove(at));
        }
        image.check(&[vec![image.window()], units, mixed]);
    }
}

/// Four units that meet in the middle of a frame of four by four pixels, in two orders.
fn quarters() -> [Vec<Window>; 2] {
    let quarter = |[col, row]: [u32; 2]| Window { col, row, width: 2, height: 2 };
    let units = [[0, 0], [2, 0], [0, 2], [2, 2]].map(quarter);
    [units.to_vec(), vec![units[3], units[0], units[2], units[1]]]
}

#[test]
fn diagonals_over_the_corner_of_four_units() {
    for rows in [["----", "-a--", "--a-", "----"], ["----", "--a-", "-a--", "----"], ["----", "-ab-", "-ba-", "----"]] {
        let image = Image::new(&rows);
        image.check(&quarters());
        let pairs = |connectivity| image.sieved(&image.sieve(connectivity, false, 9), &quarters()[0]).totals.patches;
        assert_eq!(pairs(Connectivity::Four), 2 * pairs(Connectivity::Eight));
    }
}

#[test]
fn nothing_waits_once_all_units_are_there() {
    let image = Image::new(&["abab", "baba", "abab", "baba"]);
    for connectivity in [Connectivity::Four, Connectivity::Eight] {
        let sieve = image.sieve(connectivity, true, 9);
        for units in quarters() {
            let mut join = Join::new(&sieve);
            for (number, window) in units.iter().enumerate() {
                assert_eq!(join.waiting.is_empty(), number == 0);
                join.add(sieve.label(window, &image.plane(window), chosen, weigh));
            }
            assert!(join.waiting.is_empty());
        }
    }
}

#[test]
fn nothing_beyond_a_border_is_an_edge() {
    let image = Image::new(&["-----", "-a---", "-a.b-", "--.--", "----c"]);
    let units = |at: u32| {
        let [west, east] = [(0, at), (at, 5 - at)];
        [west, east].map(|(col, width)| Window { col, row: 0, width, height: 5 }).to_vec()
    };
    image.check(&[units(1), units(2), units(3)]);
    let left_out = |connectivity| image.sieved(&image.sieve(connectivity, false, 9), &units(2)).totals.left_out;
    assert_eq!(left_out(Connectivity::Four), 3);
    let corner = Image::new(&["----", "-a--", "--.-", "----"]);
    corner.check(&quarters());
    let left_out = |connectivity| corner.sieved(&corner.sieve(connectivity, false, 9), &quarters()[0]).totals.left_out;
    assert_eq!([Connectivity::Four, Connectivity::Eight].map(left_out), [0, 1]);
}

#[test]
fn a_spiral_over_all_units_is_one_patch() {
    let image = Image::new(&["aaaaaaa", "------a", "aaaaa-a", "a---a-a", "a-aaa-a", "a-----a", "aaaaaaa"]);
    let mut single = Vec::new();
    (0..49).for_each(|at| single.push(Window { col: at % 7, row: at / 7, width: 1, height: 1 }));
    image.check(&[single.clone(), single.into_iter().rev().collect()]);
}

#[test]
fn an_empty_frame_has_no_patch() {
    let image = Image { size: [0, 3], pixels: Vec::new() };
    image.check(&[vec![image.window()]]);
}
