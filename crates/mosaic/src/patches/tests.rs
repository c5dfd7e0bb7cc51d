use proptest::prelude::*;

use super::*;

/// A coverage cut by a lattice, put together from the pieces as a release does it.
struct Image {
    size: [u32; 2],
    pixels: Vec<u32>,
}

/// A part as it comes out: the patch's first pixel, its number, the value, its rings in corners of the coverage, its sums and its patch's.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    cell: usize,
    number: u32,
    value: u32,
    rings: Vec<Vec<[u32; 2]>>,
    own: Sums,
    whole: Sums,
}

impl Image {
    fn new(rows: &[&str]) -> Self {
        let pixel = |c: char| if c == '.' { NOTHING } else { c as u32 };
        Image {
            size: [rows[0].chars().count() as u32, rows.len() as u32],
            pixels: rows.iter().flat_map(|row| row.chars().map(pixel)).collect(),
        }
    }

    fn at(&self, col: u32, row: u32) -> u32 {
        self.pixels[(row * self.size[0] + col) as usize]
    }

    /// Another weight for every pixel, so that no wrong sum looks right.
    fn weigh(&self, col: u32, row: u32) -> u128 {
        1000 + u128::from(row * self.size[0] + col).pow(2)
    }

    fn cell(&self, lattice: &Lattice, at: usize) -> Cell {
        let window = lattice.window(at);
        let mut labeller = Labeller::new(window.width as u16);
        for row in window.row..window.row_end() {
            let first = (row * self.size[0] + window.col) as usize;
            labeller.row(&self.pixels[first..first + window.width as usize]);
        }
        labeller.finish()
    }

    fn sums(&self, corner: [u32; 2], part: &Part<'_>) -> Sums {
        let pixels = || part.runs.iter().flat_map(|run| (run.start..run.end).map(|col| [col, run.row]));
        let place = |[col, row]: [u16; 2]| [corner[0] + u32::from(col), corner[1] + u32::from(row)];
        Sums {
            first: place([part.runs[0].start, part.runs[0].row])
                .into_iter()
                .rev()
                .collect::<Vec<_>>()
                .try_into()
                .unwrap(),
            pixels: pixels().count() as u64,
            area: pixels().map(place).map(|[col, row]| self.weigh(col, row)).sum(),
        }
    }

    /// All pieces, the cells joined in the order given.
    fn pieces(&self, side: u32, backwards: bool) -> Vec<Piece> {
        let lattice = Lattice::new(self.size, side);
        let mut order: Vec<usize> = (0..lattice.cells()).collect();
        if backwards {
            order.reverse();
        }
        let mut joiner = Joiner::new(lattice);
        for at in order {
            let cell = self.cell(&lattice, at);
            let window = lattice.window(at);
            let border = Border::of(&cell, &lattice, at);
            let sums: Vec<Sums> = border
                .parts()
                .iter()
                .map(|part| self.sums([window.col, window.row], &cell.part(*part as usize)))
                .collect();
            joiner.add(border, &sums);
        }
        let joined = joiner.finish();
        let mut outliner = Outliner::default();
        let mut pieces = Vec::new();
        for at in 0..lattice.cells() {
            let (cell, window) = (self.cell(&lattice, at), lattice.window(at));
            for number in 0..cell.len() {
                let part = cell.part(number);
                let own = self.sums([window.col, window.row], &part);
                let alone = Whole { sums: own, number: 0 };
                let whole = joined.whole(at, number as u32).copied().unwrap_or(alone);
                let place = |[x, y]: [u16; 2]| [window.col + u32::from(x), window.row + u32::from(y)];
                let rings = outliner.rings(part.runs, place);
                pieces.push(Piece { cell: at, number: whole.number, value: part.value, rings, own, whole: whole.sums });
            }
        }
        pieces
    }

    /// By pixel: the first pixel of its patch, found by flooding.
    fn flooded(&self) -> Vec<Option<[u32; 2]>> {
        let [width, height] = self.size;
        let mut firsts = vec![None; self.pixels.len()];
        for row in 0..height {
            for col in 0..width {
                let value = self.at(col, row);
                let mut front = vec![[col, row]];
                while let Some([x, y]) = front.pop() {
                    let at = (y * width + x) as usize;
                    if value == NOTHING || self.pixels[at] != value || firsts[at].is_some() {
                        continue;
                    }
                    firsts[at] = Some([row, col]);
                    front.extend(
                        [[x.wrapping_sub(1), y], [x + 1, y], [x, y.wrapping_sub(1)], [x, y + 1]]
                            .iter()
                            .filter(|[x, y]| *x < width && *y < height),
                    );
                }
            }
        }
        firsts
    }
}

/// The pixels [column, row] within rings, by counting upright edges to the west.
fn rasterised(rings: &[Vec<[u32; 2]>], size: [u32; 2]) -> Vec<[u32; 2]> {
    let edges = || rings.iter().flat_map(|ring| ring.windows(2)).filter(|pair| pair[0][0] == pair[1][0]);
    let crosses = |pair: &[[u32; 2]], [col, row]: [u32; 2]| {
        let [from, to] = [pair[0][1].min(pair[1][1]), pair[0][1].max(pair[1][1])];
        pair[0][0] <= col && from <= row && row < to
    };
    let all = (0..size[1]).flat_map(|row| (0..size[0]).map(move |col| [col, row]));
    all.filter(|pixel| edges().filter(|pair| crosses(pair, *pixel)).count() % 2 == 1).collect()
}

/// Twice the signed area, positive where a ring runs counter-clockwise with north up.
fn winding(ring: &[[u32; 2]]) -> i64 {
    let doubled = |pair: &[[u32; 2]]| {
        let [[ax, ay], [bx, by]] = [pair[0], pair[1]].map(|point| point.map(i64::from));
        ay * bx - ax * by
    };
    ring.windows(2).map(doubled).sum()
}

fn check_rings(piece: &Piece) {
    for (at, ring) in piece.rings.iter().enumerate() {
        assert_eq!(ring.first(), ring.last());
        assert_eq!(winding(ring) > 0, at == 0, "the exterior first, counter-clockwise: {:?}", piece.rings);
        let mut corners = ring[1..].to_vec();
        corners.sort_unstable();
        corners.dedup();
        assert_eq!(corners.len(), ring.len() - 1, "a ring touches itself: {ring:?}");
        let around = ring.iter().chain(&ring[1..2]).copied().collect::<Vec<_>>();
        for three in around.windows(3) {
            let is_upright = [three[0][0] == three[1][0], three[1][0] == three[2][0]];
            assert!(is_upright[0] != is_upright[1], "a point that is no corner: {ring:?}");
        }
    }
}

/// Holds everything that comes out against the flood.
fn check(image: &Image, side: u32) {
    let pieces = image.pieces(side, false);
    assert_eq!(pieces, image.pieces(side, true), "the order of cells shows");
    let lattice = Lattice::new(image.size, side);
    let firsts = image.flooded();
    let mut seen = vec![false; firsts.len()];
    let mut numbers: std::collections::BTreeMap<[u32; 2], u32> = Default::default();
    for piece in &pieces {
        check_rings(piece);
        let pixels = rasterised(&piece.rings, image.size);
        assert_eq!(pixels.len() as u64, piece.own.pixels);
        assert_eq!(pixels.iter().map(|[col, row]| image.weigh(*col, *row)).sum::<u128>(), piece.own.area);
        for [col, row] in pixels {
            let at = (row * image.size[0] + col) as usize;
            assert!(!std::mem::replace(&mut seen[at], true), "two parts hold a pixel");
            assert_eq!((image.pixels[at], firsts[at]), (piece.value, Some(piece.whole.first)));
            let window = lattice.window(piece.cell);
            assert!((window.col..window.col_end()).contains(&col) && (window.row..window.row_end()).contains(&row));
        }
        let number = numbers.entry(piece.whole.first).or_default();
        assert_eq!(piece.number, *number, "parts are numbered by cells");
        *number += 1;
        let whole = firsts.iter().filter(|first| **first == Some(piece.whole.first)).count();
        assert_eq!(piece.whole.pixels, whole as u64);
    }
    assert!(seen.iter().zip(&firsts).all(|(seen, first)| *seen == first.is_some()), "a pixel lies in no part");
}

proptest! {
    #[test]
    fn patches_equal_a_flood(width in 1u32..14, height in 1u32..12, side in 1u32..8, kinds in 1u32..4, seed in prop::collection::vec(0u32..100, 14 * 12)) {
        let pixel = |seed: &u32| if *seed < 12 { NOTHING } else { seed % kinds };
        let image = Image { size: [width, height], pixels: seed.iter().take((width * height) as usize).map(pixel).collect() };
        check(&image, side);
    }
}

#[test]
fn one_pixel_and_one_class() {
    let one = Image::new(&["a"]);
    assert_eq!(one.pieces(4, false)[0].rings, [[[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]]]);
    let whole = Image::new(&["aaaaa"; 5]);
    let pieces = whole.pieces(2, false);
    assert_eq!(pieces.len(), 9);
    assert!(pieces.iter().all(|piece| piece.whole.first == [0, 0] && piece.whole.pixels == 25));
    assert_eq!(pieces.iter().map(|piece| piece.number).collect::<Vec<_>>(), (0..9).collect::<Vec<_>>());
    assert!(Image::new(&["..", ".."]).pieces(2, false).is_empty());
}

#[test]
fn a_checkerboard_is_all_single_pixels() {
    let image = Image::new(&["abab", "baba", "abab"]);
    check(&image, 3);
    assert!(image.pieces(3, false).iter().all(|piece| piece.own.pixels == 1 && piece.whole.pixels == 1));
}

#[test]
fn a_spiral_is_one_patch_of_many_parts() {
    let image = Image::new(&["aaaaaaa", "......a", "aaaaa.a", "a...a.a", "a.aaa.a", "a.....a", "aaaaaaa"]);
    for side in 1..8 {
        check(&image, side);
        assert!(image.pieces(side, false).iter().all(|piece| piece.whole.pixels == 31));
    }
}

#[test]
fn a_ring_with_an_island() {
    let image = Image::new(&["aaaaa", "a...a", "a.a.a", "a...a", "aaaaa"]);
    check(&image, 5);
    check(&image, 2);
    let [ring, island] = &image.pieces(5, false)[..] else { panic!("two patches") };
    assert_eq!((ring.rings.len(), island.rings.len()), (2, 1));
}

#[test]
fn what_touches_at_a_corner_makes_rings_of_its_own() {
    // A hole that touches the outside, two holes that touch each other, both, in both directions.
    for rows in [
        ["aaa.", "a.a.", "aa..", "...."],
        ["aaaa", "a.aa", "aa.a", "aaaa"],
        ["aaaa", "aa.a", "a.aa", "aaaa"],
        [".aaa", ".a.a", "..aa", "...."],
    ] {
        check(&Image::new(&rows), 4);
    }
    let holes = Image::new(&["aaaa", "a.aa", "aa.a", "aaaa"]).pieces(4, false);
    assert_eq!(holes[0].rings.len(), 3);
}
