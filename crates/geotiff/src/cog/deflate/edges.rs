//! Where runs begin.

/// Fills `edges` with 0, every position whose byte is not the one a sample before, and twice the end.
pub(super) fn find(data: &[u8], sample: usize, edges: &mut Vec<u32>) {
    edges.clear();
    edges.push(0);
    let now = data.get(sample..).unwrap_or_default();
    let (words, rest) = now.as_chunks::<8>();
    let (before, rest_before) = data[..now.len()].as_chunks::<8>();
    let mut at = sample as u32;
    for (a, b) in words.iter().zip(before) {
        let differ = u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
        if differ != 0 {
            push(differ, at, edges);
        }
        at += 8;
    }
    for (a, b) in rest.iter().zip(rest_before) {
        if a != b {
            edges.push(at);
        }
        at += 1;
    }
    edges.extend([data.len() as u32; 2]);
}

#[inline]
fn push(differ: u64, at: u32, edges: &mut Vec<u32>) {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    // The top bit of every byte that is not zero.
    let mut marks = ((differ & LOW) + LOW | differ) & !LOW;
    while marks != 0 {
        edges.push(at + marks.trailing_zeros() / 8);
        marks &= marks - 1;
    }
}
