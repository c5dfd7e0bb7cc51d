//! Counting by runs against counting pixel by pixel.

use mutirao_mosaic::zones::ZoneRun;
use proptest::prelude::*;

use super::*;

const READING: Reading = Reading { nodata: 0, outside: 255, boundless: false };

proptest! {
    /// Runs against counting pixel by pixel.
    #[test]
    fn runs_equal_pixels(class in prop::collection::vec(0u8..3, 48), speak in prop::collection::vec(prop_oneof![Just(0u8), Just(1), Just(255)], 48), cut in 0u32..=8) {
        let window = Window { col: 10, row: 4, width: 7, height: 6 };
        let zones = |_| vec![
            ZoneRun { start: 0, end: 10 + cut.min(7), zone: 3 },
            ZoneRun { start: 10 + cut.min(7), end: 40, zone: 9 },
        ];
        let kinds = [Rows::Region(4, (0..6).map(zones).collect())];
        let place = Place { period: 1, window, stride: 8, kinds: &kinds, factors: None };
        let (class, speak) = (Plane::U8(class), Plane::U8(speak));
        let planes = TilePlanes { class: &class, source: None, rule: None, part: None, speak: Some(&speak) };
        let mut census = Census::default();
        census.tile(&planes, READING, &place);
        let mut due: HashMap<(u16, u32, u16), u64> = HashMap::new();
        for (x, y) in (0..6).flat_map(|y| (0..7).map(move |x| (x, y))) {
            let at = y * 8 + x;
            if speak.get(at) != 255 {
                let zone = if (x as u32) < cut.min(7) { 3 } else { 9 };
                *due.entry((0, 0, class.get(at))).or_default() += 1;
                *due.entry((1, zone, class.get(at))).or_default() += 1;
            }
        }
        let found: HashMap<(u16, u32, u16), u64> =
            census.areas.iter().map(|(key, amount)| ((key.kind, key.zone, key.of.unwrap()[0]), amount.pixels)).collect();
        prop_assert_eq!(found, due);
        let seen: u64 = census.combinations.values().map(|seen| seen.pixels).sum();
        prop_assert_eq!(seen, 42);
    }
}

#[test]
fn without_agreement_nothing_is_unknown_only_where_nobody_speaks() {
    let class = Plane::U8(vec![0, 0, 5, 0]);
    let source = Plane::U8(vec![0, 2, 2, 0]);
    let planes = TilePlanes { class: &class, source: Some(&source), rule: None, part: None, speak: None };
    let window = Window { col: 0, row: 0, width: 4, height: 1 };
    let place = Place { period: 0, window, stride: 4, kinds: &[], factors: None };
    let count = |reading: Reading| {
        let mut census = Census::default();
        census.tile(&planes, reading, &place);
        let of = |of| census.areas.get(&Key { period: 0, kind: 0, zone: 0, of }).map_or(0, |amount| amount.pixels);
        [of(None), of(Some([0, 2, 0])), of(Some([5, 2, 0])), of(Some([0, 0, 0]))]
    };
    assert_eq!(count(READING), [2, 1, 1, 0]);
    assert_eq!(count(Reading { boundless: true, ..READING }), [0, 1, 1, 2]);
}
