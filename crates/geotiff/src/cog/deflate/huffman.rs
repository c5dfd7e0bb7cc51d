//! Huffman codes of bounded length (RFC 1951, section 3.2.2).

/// One code word: bits in the order of writing, and their number (0: the symbol does not occur).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) bits: u16,
    pub(super) len: u8,
}

/// Lengths of the code words of symbols that occur `counts` times, none above `limit`; fewer than two symbols get one
/// more, because some decoders refuse a code that is not complete.
pub(super) fn lengths(counts: &[u32], limit: usize, lengths: &mut [u8]) {
    lengths.fill(0);
    let mut used: Vec<(u32, u16)> = (0u16..).zip(counts).filter(|(_, n)| **n > 0).map(|(s, n)| (*n, s)).collect();
    for symbol in 0..2 {
        if used.len() < 2 && used.first().is_none_or(|one| one.1 != symbol) {
            used.push((1, symbol));
        }
    }
    used.sort_unstable();
    let mut depths: Vec<u32> = used.iter().map(|one| one.0).collect();
    tree_depths(&mut depths);
    let per_length = bounded(&depths, limit);
    let mut symbols = used.iter().map(|one| one.1);
    for len in (1..=limit).rev() {
        for symbol in symbols.by_ref().take(per_length[len] as usize) {
            lengths[usize::from(symbol)] = len as u8;
        }
    }
}

/// From counts in rising order to depths in the tree, in place: A. Moffat and J. Katajainen, "In-place calculation of
/// minimum-redundancy codes", WADS 1995.
fn tree_depths(a: &mut [u32]) {
    let n = a.len();
    let (mut leaf, mut root) = (0, 0);
    for next in 0..n - 1 {
        let mut sum = 0u32;
        for _ in 0..2 {
            if leaf >= n || (root < next && a[root] < a[leaf]) {
                sum += a[root];
                a[root] = next as u32;
                root += 1;
            } else {
                sum += a[leaf];
                leaf += 1;
            }
        }
        a[next] = sum;
    }
    a[n - 2] = 0;
    for node in (0..n - 2).rev() {
        a[node] = a[a[node] as usize] + 1;
    }
    leaf_depths(a);
}

/// The second half of it: from the depths of inner nodes (first to last but one) to those of leaves.
fn leaf_depths(a: &mut [u32]) {
    let n = a.len();
    let (mut root, mut next) = (n as isize - 2, n);
    let (mut free, mut depth) = (1usize, 0u32);
    while free > 0 {
        let mut inner = 0;
        while root >= 0 && a[root as usize] == depth {
            inner += 1;
            root -= 1;
        }
        for _ in inner..free {
            next -= 1;
            a[next] = depth;
        }
        free = 2 * inner;
        depth += 1;
    }
}

/// How many symbols get each length: depths beyond the limit are cut, then the longest words that are shorter than the
/// limit are lengthened until the code can be decoded again (the way of zlib).
fn bounded(depths: &[u32], limit: usize) -> [u32; 16] {
    let mut per_length = [0u32; 16];
    for depth in depths {
        per_length[(*depth as usize).min(limit)] += 1;
    }
    let whole = 1u32 << limit;
    let mut sum: u32 = (1..=limit).map(|len| per_length[len] << (limit - len)).sum();
    while sum > whole {
        let shorter = (1..limit).rev().find(|len| per_length[*len] > 0).unwrap_or(1);
        // One word gets a bit longer and takes one of the limit's length as its sibling.
        per_length[shorter] -= 1;
        per_length[shorter + 1] += 2;
        per_length[limit] -= 1;
        sum -= 1;
    }
    per_length
}

/// The canonical code words of these lengths.
pub(super) fn words(lengths: &[u8], words: &mut [Word]) {
    let mut per_length = [0u16; 16];
    for len in lengths {
        per_length[usize::from(*len)] += 1;
    }
    per_length[0] = 0;
    let mut next = [0u16; 16];
    for len in 1..16 {
        next[len] = (next[len - 1] + per_length[len - 1]) << 1;
    }
    for (word, len) in words.iter_mut().zip(lengths) {
        *word = Word::default();
        if *len > 0 {
            let bits = next[usize::from(*len)].reverse_bits() >> (16 - len);
            next[usize::from(*len)] = next[usize::from(*len)].wrapping_add(1);
            *word = Word { bits, len: *len };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths_of(counts: &[u32], limit: usize) -> Vec<u8> {
        let mut out = vec![0; counts.len()];
        lengths(counts, limit, &mut out);
        out
    }

    /// The sum of 2^-length over all words; 1 for a code that wastes nothing and can be decoded.
    fn kraft(lengths: &[u8]) -> f64 {
        lengths.iter().filter(|len| **len > 0).map(|len| 0.5f64.powi(i32::from(*len))).sum()
    }

    fn cost(counts: &[u32], lengths: &[u8]) -> u64 {
        counts.iter().zip(lengths).map(|(n, len)| u64::from(*n) * u64::from(*len)).sum()
    }

    #[test]
    fn few_symbols_get_two_words() {
        assert_eq!(lengths_of(&[0, 0, 0, 0], 15), [1, 1, 0, 0]);
        assert_eq!(lengths_of(&[0, 0, 5, 0], 15), [1, 0, 1, 0]);
        assert_eq!(lengths_of(&[5, 0, 0, 0], 15), [1, 1, 0, 0]);
        assert_eq!(lengths_of(&[0, 5, 0, 7], 15), [0, 1, 0, 1]);
    }

    #[test]
    fn a_small_code_by_hand() {
        let lengths = lengths_of(&[45, 13, 12, 16, 9, 5], 15);
        assert_eq!(lengths, [1, 3, 3, 3, 4, 4]);
        let mut words_of = [Word::default(); 6];
        words(&lengths, &mut words_of);
        let bits: Vec<_> = words_of.iter().map(|word| word.bits).collect();
        assert_eq!(bits, [0b0, 0b001, 0b101, 0b011, 0b0111, 0b1111]);
    }

    #[test]
    fn fibonacci_counts_reach_the_limit() {
        let mut counts = vec![1u32, 1];
        while counts.len() < 40 {
            counts.push(counts[counts.len() - 2] + counts[counts.len() - 1]);
        }
        for limit in [7, 15] {
            for n in 2..=counts.len() {
                let lengths = lengths_of(&counts[..n], limit);
                assert_eq!(kraft(&lengths), 1.0, "{n} symbols, at most {limit} bits");
                assert!(lengths.iter().all(|len| (1..=limit as u8).contains(len)));
                assert_eq!(usize::from(*lengths.iter().max().unwrap()), (n - 1).min(limit));
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn codes_are_whole_and_as_short_as_huffmans(counts in proptest::collection::vec(0u32..5000, 2..286)) {
            let used = counts.iter().filter(|n| **n > 0).count();
            let lengths = lengths_of(&counts, 15);
            proptest::prop_assert_eq!(kraft(&lengths), 1.0);
            proptest::prop_assert_eq!(lengths.iter().filter(|len| **len > 0).count(), used.max(2));
            // The sum of all inner nodes of Huffman's tree, made with a heap.
            let mut heap: std::collections::BinaryHeap<_> =
                counts.iter().filter(|n| **n > 0).map(|n| std::cmp::Reverse(u64::from(*n))).collect();
            let mut least = 0;
            while heap.len() > 1 {
                let sum = heap.pop().unwrap().0 + heap.pop().unwrap().0;
                least += sum;
                heap.push(std::cmp::Reverse(sum));
            }
            if used > 1 && lengths.iter().all(|len| *len < 15) {
                proptest::prop_assert_eq!(cost(&counts, &lengths), least);
            }
        }
    }
}
