//! Planes that wait: as they are while there is room, else as runs of equal samples, which land cover is made of.

use mutirao_mosaic::plane::Plane;

/// A plane in waiting.
pub enum Packed {
    /// As it is, counted as held.
    Plain {
        /// The plane.
        plane: Plane,
        /// Its bytes.
        bytes: usize,
    },
    /// Runs of 8-bit samples: value and length.
    Runs8(Vec<(u8, u16)>),
    /// Runs of 16-bit samples.
    Runs16(Vec<(u16, u16)>),
}

impl Packed {
    /// Packs a plane.
    pub fn pack(plane: Plane) -> Packed {
        match plane {
            Plane::U8(samples) => Packed::Runs8(runs(&samples)),
            Plane::U16(samples) => Packed::Runs16(runs(&samples)),
        }
    }

    /// The bytes that were counted as held.
    pub fn held(&self) -> usize {
        match self {
            Packed::Plain { bytes, .. } => *bytes,
            Packed::Runs8(_) | Packed::Runs16(_) => 0,
        }
    }

    /// Does something with the plane as it was.
    pub fn with(&self, work: impl FnOnce(&Plane)) {
        match self {
            Packed::Plain { plane, .. } => work(plane),
            Packed::Runs8(runs) => work(&Plane::U8(unpacked(runs))),
            Packed::Runs16(runs) => work(&Plane::U16(unpacked(runs))),
        }
    }
}

fn runs<T: Copy + PartialEq>(samples: &[T]) -> Vec<(T, u16)> {
    let stretches = samples.chunk_by(|a, b| a == b);
    let mut runs: Vec<(T, u16)> = stretches
        .flat_map(|stretch| stretch.chunks(usize::from(u16::MAX)))
        .map(|stretch| (stretch[0], stretch.len() as u16))
        .collect();
    runs.shrink_to_fit();
    runs
}

fn unpacked<T: Copy>(runs: &[(T, u16)]) -> Vec<T> {
    runs.iter().flat_map(|(value, len)| std::iter::repeat_n(*value, usize::from(*len))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn packing_changes_nothing(samples in prop::collection::vec(0u8..3, 0..500), long in 0usize..140_000) {
            let samples = [samples, vec![9; long]].concat();
            let plane = Plane::U8(samples);
            let mut same = false;
            Packed::pack(plane.clone()).with(|unpacked| same = *unpacked == plane);
            prop_assert!(same);
        }
    }
}
