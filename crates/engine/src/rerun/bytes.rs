//! Numbers as few bytes: seven bits each, the least first, the eighth says whether more follow.

/// Appends a number.
pub fn put(into: &mut Vec<u8>, mut number: u128) {
    while number > 0x7f {
        into.push(number as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

/// Appends a number that may be negative.
pub fn put_signed(into: &mut Vec<u8>, number: i32) {
    put(into, u128::from(((number << 1) ^ (number >> 31)).cast_unsigned()));
}

/// Reads numbers one after another; none where the bytes end or a number is too large.
pub struct Reader<'a>(pub &'a [u8]);

impl Reader<'_> {
    /// The next number.
    pub fn next(&mut self) -> Option<u128> {
        let mut number = 0u128;
        for shift in (0..128).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u128::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// The next number, of a smaller type.
    pub fn small<T: TryFrom<u128>>(&mut self) -> Option<T> {
        self.next()?.try_into().ok()
    }

    /// How many things follow, of which each takes a byte at least: no more than there are bytes.
    pub fn count(&mut self) -> Option<usize> {
        self.small().filter(|count| *count <= self.0.len())
    }

    /// The next number that may be negative.
    pub fn signed(&mut self) -> Option<i32> {
        let coded: u32 = self.small()?;
        Some((coded >> 1).cast_signed() ^ -(coded & 1).cast_signed())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_come_back(wide in any::<u128>(), small in 0u128..300, signed in any::<i32>()) {
            let mut bytes = Vec::new();
            [wide, small, 0, u128::MAX].into_iter().for_each(|number| put(&mut bytes, number));
            put_signed(&mut bytes, signed);
            let mut reader = Reader(&bytes);
            prop_assert_eq!([wide, small, 0, u128::MAX].map(Some), std::array::from_fn(|_| reader.next()));
            prop_assert_eq!(reader.signed(), Some(signed));
            prop_assert_eq!(reader.next(), None);
        }
    }
}
