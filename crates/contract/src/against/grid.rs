//! The contract's grid against the pipeline's: CRS, resolution, nodes.

use mutirao_core::{grid::Grid, pipeline::GridSpec};
use mutirao_pipeline::text::Spot;

use super::{Against, MEND};
use crate::terms::Terms;

impl Against<'_> {
    pub(super) fn grid(&mut self, terms: &Terms) {
        // What is warped may lie on any grid.
        let (Some(wanted), None) = (&terms.grid, self.member.resample) else { return };
        let (crs, resolution) = match &self.pipeline.grid {
            GridSpec::Given(grid) => (Some(&grid.crs), Some(grid.resolution)),
            GridSpec::Like { crs, .. } => (crs.as_ref(), None),
        };
        let at = self.at(terms, "grid");
        if let Some(crs) = crs.filter(|crs| differ(crs, &wanted.crs)) {
            let message = format!("the contract wants {}, and the pipeline's grid is in {crs}", wanted.crs);
            let mend = format!("{MEND}; where another CRS is meant, add `resample: nearest` to the layer");
            self.sink.error("contract-grid", at, message, mend);
        } else if let Some(resolution) = resolution.filter(|of| !close(*of, wanted.resolution)) {
            let [x, y] = resolution;
            let [wx, wy] = wanted.resolution;
            let message = format!("the contract wants pixels of {wx} x {wy}, and the pipeline's are {x} x {y}");
            let mend = format!("{MEND}; where another grid is meant, add `resample: nearest` to the layer");
            self.sink.error("contract-grid", at, message, mend);
        } else if let (GridSpec::Given(grid), Some(node)) = (&self.pipeline.grid, wanted.origin) {
            self.nodes(grid, node, at);
        }
    }

    /// Whether a node of the contract's grid is one of the pipeline's, which are as far apart: it need not be the same one.
    fn nodes(&mut self, grid: &Grid, node: [f64; 2], at: Spot) {
        let beside = [0, 1].map(|axis| {
            let steps = (node[axis] - grid.origin[axis]) / grid.resolution[axis];
            steps - steps.round()
        });
        if beside.iter().all(|beside| beside.abs() <= self.pipeline.tolerance) {
            return;
        }
        let shown = |pixels: f64| (pixels * 1000.0).round() / 1000.0 + 0.0;
        let ([x, y], [right, up]) = (node, beside.map(shown));
        let message = format!(
            "the contract wants a node at {x}, {y}, which lies {right} pixels east and {up} north of the pipeline's nearest one"
        );
        let [x, y] = grid.origin;
        let mend = format!(
            "write `origin: [{x}, {y}]`, or correct the pipeline's; where another grid is meant, add `resample: nearest` to the layer"
        );
        self.sink.error("contract-grid", at, message, mend);
    }
}

/// Whether two CRSs differ for certain: both are codes of an authority, and not the same. Whether two definitions in full mean
/// the same, only the door can tell.
fn differ(one: &str, other: &str) -> bool {
    code(one).zip(code(other)).is_some_and(|(one, other)| one != other)
}

/// `EPSG:31976`, of that or of a URN, in capitals.
fn code(crs: &str) -> Option<String> {
    let text = crs.trim().to_ascii_uppercase();
    let text = match text.strip_prefix("URN:OGC:DEF:CRS:") {
        Some(rest) => rest.replacen("::", ":", 1),
        None => text,
    };
    let (authority, number) = text.split_once(':')?;
    let plain = authority.bytes().all(|b| b.is_ascii_alphabetic()) && number.bytes().all(|b| b.is_ascii_digit());
    (plain && !authority.is_empty() && !number.is_empty()).then_some(text)
}

fn close(one: [f64; 2], other: [f64; 2]) -> bool {
    one.iter().zip(other).all(|(one, other)| (one - other).abs() <= 1e-9 * one.abs())
}
