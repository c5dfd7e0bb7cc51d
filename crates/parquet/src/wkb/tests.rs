use mutirao_core::geometry::{MultiPolygon, Polygon};
use proptest::prelude::*;

use super::*;

const SQUARE: [[f64; 2]; 5] = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0], [0.0, 0.0]];

/// WKB of one polygon of one ring, put together independently of the writer: any byte order, code and extra ordinates.
fn polygon(little: bool, code: u32, extra: usize, ring: &[[f64; 2]]) -> Vec<u8> {
    let word = |value: u32| if little { value.to_le_bytes() } else { value.to_be_bytes() };
    let number = |value: f64| if little { value.to_le_bytes() } else { value.to_be_bytes() };
    let mut out = vec![u8::from(little)];
    out.extend(word(code));
    out.extend(word(1));
    out.extend(word(ring.len() as u32));
    for [x, y] in ring {
        out.extend(number(*x));
        out.extend(number(*y));
        (0..extra).for_each(|_| out.extend(number(f64::NAN)));
    }
    out
}

fn multi(little: bool, code: u32, members: &[Vec<u8>]) -> Vec<u8> {
    let word = |value: u32| if little { value.to_le_bytes() } else { value.to_be_bytes() };
    let mut out = vec![u8::from(little)];
    out.extend(word(code));
    out.extend(word(members.len() as u32));
    out.extend(members.concat());
    out
}

fn square() -> MultiPolygon {
    MultiPolygon { polygons: vec![Polygon { rings: vec![SQUARE.to_vec()] }] }
}

#[test]
fn both_byte_orders_and_every_way_to_say_height_and_measure() {
    let codes = [(3, 0), (1003, 1), (2003, 1), (3003, 2), (3 | 1 << 31, 1), (3 | 1 << 30, 1), (3 | 3 << 30, 2)];
    for (code, extra) in codes {
        for little in [true, false] {
            let bytes = polygon(little, code, extra, &SQUARE);
            assert_eq!(read_multipolygon(&bytes), Ok(square()), "{code:#x} {little}");
            let code = if code < 4000 { code + 3 } else { code & 3 << 30 | 6 };
            assert_eq!(read_multipolygon(&multi(!little, code, &[bytes])), Ok(square()));
        }
    }
}

#[test]
fn every_refusal_has_its_name() {
    let good = polygon(true, 3, 0, &SQUARE);
    let read = read_multipolygon;
    assert_eq!(read(&[]), Err(WkbError::Truncated { needed: 1, left: 0 }));
    assert_eq!(read(&[7, 0, 0, 0, 0]), Err(WkbError::ByteOrder { found: 7 }));
    assert_eq!(read(&polygon(true, 3 | 1 << 29, 0, &SQUARE)), Err(WkbError::Srid));
    assert_eq!(read(&polygon(true, 4003, 0, &SQUARE)), Err(WkbError::UnknownKind { code: 4003 }));
    assert_eq!(read(&polygon(true, 99, 0, &SQUARE)), Err(WkbError::UnknownKind { code: 99 }));
    assert_eq!(read(&polygon(true, 2, 0, &SQUARE)), Err(WkbError::Kind { kind: "LineString" }));
    assert_eq!(read(&multi(true, 6, &[polygon(true, 17, 0, &SQUARE)])), Err(WkbError::Kind { kind: "Triangle" }));
    assert_eq!(read(&multi(true, 6, &[multi(true, 6, &[])])), Err(WkbError::Kind { kind: "MultiPolygon" }));
    assert_eq!(read(&[&good[..], &[0]].concat()), Err(WkbError::Trailing { count: 1 }));
    let open = WkbError::OpenRing { first: [0.0, 0.0], last: [0.0, 4.0] };
    assert_eq!(read(&polygon(true, 3, 0, &SQUARE[..4])), Err(open));
    assert_eq!(read(&polygon(true, 3, 0, &SQUARE[..3])), Err(WkbError::ShortRing { points: 3 }));
    assert_eq!(read(&polygon(true, 3, 0, &SQUARE[..2])), Err(WkbError::ShortRing { points: 2 }));
    assert_eq!(read(&polygon(true, 3, 0, &[])), Err(WkbError::ShortRing { points: 0 }));
    let mut infinite = SQUARE;
    infinite[1][0] = f64::INFINITY;
    assert_eq!(read(&polygon(true, 3, 0, &infinite)), Err(WkbError::NotFinite { point: [f64::INFINITY, 0.0] }));
}

#[test]
fn absurd_counts_reserve_nothing() {
    for (kind, what) in [(3, "rings"), (6, "polygons")] {
        let bytes = [&[1][..], &u32::to_le_bytes(kind), &u32::MAX.to_le_bytes()].concat();
        assert_eq!(read_multipolygon(&bytes), Err(WkbError::Count { what, count: u32::MAX, left: 0 }));
    }
    let mut bytes = polygon(true, 3, 0, &SQUARE);
    bytes[9..13].copy_from_slice(&6u32.to_le_bytes());
    assert_eq!(read_multipolygon(&bytes), Err(WkbError::Count { what: "points", count: 6, left: 80 }));
}

#[test]
fn empty_geometries_have_no_polygons() {
    let empty = [&[1][..], &3u32.to_le_bytes(), &0u32.to_le_bytes()].concat();
    assert_eq!(read_multipolygon(&empty), Ok(MultiPolygon::default()));
    let mixed = multi(false, 6, &[empty, polygon(true, 3, 0, &SQUARE)]);
    assert_eq!(read_multipolygon(&mixed), Ok(square()));
}

#[test]
fn what_cannot_be_read_is_not_written() {
    let mut open = square();
    open.polygons[0].rings[0].pop();
    let mut out = Vec::new();
    assert!(matches!(write_multipolygon(&open, &mut out), Err(WkbError::OpenRing { .. })));
    assert!(out.is_empty());
}

#[test]
fn points_are_read_as_they_were_written() {
    let bytes = write_point([1.5, -2.0]).unwrap();
    assert_eq!(read_point(&bytes), Ok([1.5, -2.0]));
    let with_height = [&[0][..], &1001u32.to_be_bytes(), &[1.5f64, -2.0, 7.0].map(f64::to_be_bytes).concat()].concat();
    assert_eq!(read_point(&with_height), Ok([1.5, -2.0]));
    assert_eq!(read_point(&bytes[..20]), Err(WkbError::Truncated { needed: 8, left: 7 }));
    assert_eq!(read_point(&[&bytes[..], &[0]].concat()), Err(WkbError::Trailing { count: 1 }));
    assert_eq!(read_point(&polygon(true, 3, 0, &SQUARE)), Err(WkbError::NotPoint { code: 3 }));
    assert!(matches!(write_point([f64::NAN, 0.0]), Err(WkbError::NotFinite { .. })));
}

fn any_geometry() -> impl Strategy<Value = MultiPolygon> {
    let point = [-1e9f64..1e9, -1e9f64..1e9];
    let ring = prop::collection::vec(point, 3..9).prop_map(|mut ring| {
        ring.push(ring[0]);
        ring
    });
    let polygon = prop::collection::vec(ring, 1..4).prop_map(|rings| Polygon { rings });
    prop::collection::vec(polygon, 0..4).prop_map(|polygons| MultiPolygon { polygons })
}

proptest! {
    #[test]
    fn what_is_written_is_read(geometry in any_geometry()) {
        let mut out = Vec::new();
        write_multipolygon(&geometry, &mut out).unwrap();
        prop_assert_eq!(out.len() as u64, encoded_len(&geometry));
        prop_assert_eq!(read_multipolygon(&out), Ok(geometry));
    }

    #[test]
    fn a_cut_or_a_changed_byte_never_panics(geometry in any_geometry(), at in any::<prop::sample::Index>(), byte: u8) {
        let mut out = Vec::new();
        write_multipolygon(&geometry, &mut out).unwrap();
        let at = at.index(out.len());
        prop_assert!(read_multipolygon(&out[..at]).is_err());
        out[at] = byte;
        // Any answer is right, so long as there is one.
        let _ = read_multipolygon(&out);
    }

    #[test]
    fn junk_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = read_multipolygon(&bytes);
    }
}
