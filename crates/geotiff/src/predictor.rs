//! Horizontal differencing undone (Predictor 2; TIFF 6.0, section 14).

/// A sample whose sums wrap.
pub(crate) trait Wrapping: Copy {
    fn add(self, other: Self) -> Self;
}

impl Wrapping for u8 {
    fn add(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
}

impl Wrapping for u16 {
    fn add(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
}

/// Turns differences into samples: in each row of `row` samples, each sample is the sum of those of its band before it.
pub(crate) fn undo<T: Wrapping>(samples: &mut [T], row: usize, bands: usize) {
    for line in samples.chunks_exact_mut(row.max(1)) {
        if bands == 1 {
            sum_line(line);
        } else {
            for i in bands..line.len() {
                line[i] = line[i].add(line[i - bands]);
            }
        }
    }
}

fn sum_line<T: Wrapping>(line: &mut [T]) {
    let Some((first, rest)) = line.split_first_mut() else { return };
    let mut sum = *first;
    for sample in rest {
        sum = sum.add(*sample);
        *sample = sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn differences_come_back(
            samples in prop::collection::vec(any::<u16>(), 0..400), columns in 1usize..20, bands in 1usize..4
        ) {
            let row = columns * bands;
            let samples = &samples[..samples.len() / row * row];
            let mut coded = samples.to_vec();
            for line in coded.chunks_exact_mut(row) {
                for i in (bands..row).rev() {
                    line[i] = line[i].wrapping_sub(line[i - bands]);
                }
            }
            undo(&mut coded, row, bands);
            prop_assert_eq!(coded, samples);
        }
    }
}
