//! Numbers out of bytes, in either byte order.

/// The byte order that a file's header declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByteOrder {
    Little,
    Big,
}

/// The first `N` bytes at `at`, if they are there.
fn take<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

impl ByteOrder {
    pub(crate) fn u16(self, bytes: &[u8], at: usize) -> Option<u16> {
        let raw = take(bytes, at)?;
        Some(match self {
            ByteOrder::Little => u16::from_le_bytes(raw),
            ByteOrder::Big => u16::from_be_bytes(raw),
        })
    }

    pub(crate) fn u32(self, bytes: &[u8], at: usize) -> Option<u32> {
        let raw = take(bytes, at)?;
        Some(match self {
            ByteOrder::Little => u32::from_le_bytes(raw),
            ByteOrder::Big => u32::from_be_bytes(raw),
        })
    }

    pub(crate) fn u64(self, bytes: &[u8], at: usize) -> Option<u64> {
        let raw = take(bytes, at)?;
        Some(match self {
            ByteOrder::Little => u64::from_le_bytes(raw),
            ByteOrder::Big => u64::from_be_bytes(raw),
        })
    }

    pub(crate) fn f64(self, bytes: &[u8], at: usize) -> Option<f64> {
        self.u64(bytes, at).map(f64::from_bits)
    }

    pub(crate) fn f32(self, bytes: &[u8], at: usize) -> Option<f32> {
        self.u32(bytes, at).map(f32::from_bits)
    }

    /// Turns 16-bit numbers whose bytes stand as in the file into numbers.
    pub(crate) fn to_native(self, words: &mut [u16]) {
        words.iter_mut().for_each(|word| {
            *word = match self {
                ByteOrder::Little => u16::from_le(*word),
                ByteOrder::Big => u16::from_be(*word),
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders_and_the_end_of_the_bytes() {
        let bytes = [1, 2, 3, 4, 5, 6, 7, 8];
        assert_eq!(ByteOrder::Little.u16(&bytes, 0), Some(0x0201));
        assert_eq!(ByteOrder::Big.u16(&bytes, 6), Some(0x0708));
        assert_eq!(ByteOrder::Big.u32(&bytes, 4), Some(0x0506_0708));
        assert_eq!(ByteOrder::Big.u64(&bytes, 0), Some(0x0102_0304_0506_0708));
        assert_eq!(ByteOrder::Little.u16(&bytes, 7), None);
        assert_eq!(ByteOrder::Little.u64(&bytes, usize::MAX), None);
        let mut words = [u16::from_ne_bytes([1, 2])];
        ByteOrder::Big.to_native(&mut words);
        assert_eq!(words, [0x0102]);
        let mut words = [u16::from_ne_bytes([1, 2])];
        ByteOrder::Little.to_native(&mut words);
        assert_eq!(words, [0x0201]);
    }
}
