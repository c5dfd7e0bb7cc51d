//! Where runs begin.

/// Fills `edges` with 0, every position whose byte is not the one a sample before, and twice the end.
pub(super) fn find(data: &[u8], sample: usize, edges: &mut Vec<u32>) {
    edges.clear();
    edges.push(0);
    let now = data.get(sample..).unwrap_or_default();
    let before = &data[..now.len()];
    let mut at = sample as u32;
    for (a, b) in now.chunks(64).zip(before.chunks(64)) {
        let mut marks = differences(a, b);
        while marks != 0 {
            edges.push(at + marks.trailing_zeros());
            marks &= marks - 1;
        }
        at += 64;
    }
    edges.extend([data.len() as u32; 2]);
}

/// A bit for every byte that differs, of at most 64.
#[inline(always)]
fn differences(a: &[u8], b: &[u8]) -> u64 {
    let (words, rest) = a.as_chunks::<8>();
    let (words_b, rest_b) = b.as_chunks::<8>();
    let mut marks = 0;
    for (a, b) in words.iter().zip(words_b).rev() {
        marks = marks << 8 | of_word(u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b));
    }
    let tail = rest.iter().zip(rest_b).enumerate().fold(0, |bits, (i, (a, b))| bits | u64::from(a != b) << i);
    if rest.is_empty() { marks } else { marks | tail << (8 * words.len()) }
}

/// A bit for every byte of a word that is not zero.
#[inline(always)]
fn of_word(word: u64) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let tops = ((((word & LOW) + LOW) | word) & !LOW) >> 7;
    // Every top bit times its place lands in the highest byte.
    tops.wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn as_found_byte_by_byte(data in proptest::collection::vec(0u8..3, 0..300), sample in 1usize..3) {
            let mut edges = vec![];
            find(&data, sample, &mut edges);
            let by_byte = (sample..data.len()).filter(|i| data[*i] != data[i - sample]).map(|i| i as u32);
            let end = data.len() as u32;
            let due: Vec<_> = [0].into_iter().chain(by_byte).chain([end, end]).collect();
            proptest::prop_assert_eq!(edges, due);
        }
    }
}
