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
