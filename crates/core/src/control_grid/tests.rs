use proptest::prelude::*;

use super::*;

fn facts([col, row, width, height]: [u32; 4], step: u32, exact_cells: Vec<[u32; 2]>) -> ControlGridFacts {
    let window = Window { col, row, width, height };
    ControlGridFacts {
        window,
        step,
        nodes_across: width.div_ceil(step) + 1,
        nodes_down: height.div_ceil(step) + 1,
        exact_cells,
        max_error: 0.0,
    }
}

/// A grid whose nodes follow `f(col, row)` of the target, with the exact cells given following `g`.
fn grid(facts: ControlGridFacts, f: impl Fn(u32, u32) -> [f64; 2], g: impl Fn(u32, u32) -> [f64; 2]) -> ControlGrid {
    let (left, top) = (facts.window.col, facts.window.row);
    let mut numbers = Vec::new();
    for r in 0..facts.nodes_down {
        for c in 0..facts.nodes_across {
            numbers.extend(f(left + c * facts.step, top + r * facts.step));
        }
    }
    for [c, r] in &facts.exact_cells {
        for y in 0..facts.step {
            for x in 0..facts.step {
                numbers.extend(g(left + c * facts.step + x, top + r * facts.step + y));
            }
        }
    }
    let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
    ControlGrid::from_bytes(facts, &bytes).expect("the bytes fit the facts")
}

proptest! {
    /// Bilinear functions are met exactly (but for rounding), and a row is the same as its pixels one by one.
    #[test]
    fn bilinear_is_reproduced(left in 0_u32..100, top in 0_u32..100, w in 1_u32..70, h in 1_u32..70, step in 1_u32..20,
                              a in -3.0..3.0_f64, b in -3.0..3.0_f64, c in -0.01..0.01_f64) {
        let f = |x: u32, y: u32| {
            let (x, y) = (f64::from(x), f64::from(y));
            [a * x + b * y + c * x * y, b * x - a * y]
        };
        let g = grid(facts([left, top, w, h], step, vec![[0, 0]]), f, f);
        for row in top..top + h {
            let mut out = vec![[0.0; 2]; w as usize + 4];
            g.row_positions(left.saturating_sub(2), row, &mut out);
            for (i, at) in out.iter().enumerate() {
                let col = left.saturating_sub(2) + i as u32;
                match g.position(col, row) {
                    None => prop_assert!(at[0].is_nan() && (col < left || col >= left + w)),
                    Some(p) => {
                        prop_assert_eq!(p, *at);
                        let q = f(col, row);
                        prop_assert!((p[0] - q[0]).abs() < 1e-9 && (p[1] - q[1]).abs() < 1e-9);
                    }
                }
            }
        }
    }
}

#[test]
fn a_nan_corner_is_nothing_unless_the_cell_is_exact() {
    let hole = |c: u32, r: u32| if (c, r) == (8, 8) { [f64::NAN; 2] } else { [f64::from(c), f64::from(r)] };
    let right = |c: u32, r: u32| if c == 5 { [f64::NAN; 2] } else { [f64::from(c), f64::from(r)] };
    let g = grid(facts([0, 0, 24, 24], 8, vec![[0, 0]]), hole, right);
    assert_eq!(g.position(7, 7), Some([7.0, 7.0]));
    assert_eq!(g.position(5, 7), None);
    assert_eq!(g.position(8, 8), None);
    assert_eq!(g.position(1, 9), None);
    assert_eq!(g.position(16, 17), Some([16.0, 17.0]));
    assert_eq!(g.position(24, 0), None);
}

#[test]
fn bytes_and_facts_must_belong_together() {
    let f = facts([0, 0, 10, 10], 8, vec![]);
    let length = ControlGrid::from_bytes(f.clone(), &[0; 16]).err();
    assert_eq!(length, Some(ControlGridError::Length { expected: 144, found: 16 }));
    let wrong = ControlGridFacts { nodes_across: 2, ..f };
    assert!(matches!(ControlGrid::from_bytes(wrong, &[0; 96]), Err(ControlGridError::Shape { .. })));
}
