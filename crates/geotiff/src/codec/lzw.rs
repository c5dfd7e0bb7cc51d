//! LZW as TIFF has it: most significant bit first, early change (Compression 5; TIFF 6.0, section 13).
//!
//! Every string of the table stands somewhere in the output already: the string of a new code is the previous string
//! and the one byte that followed it. So the table holds places, and decoding is copying, not walking chains.

use super::CodecError;

const CLEAR: usize = 256;
const END: usize = 257;
const FIRST: usize = 258;
const CODES: usize = 4096;
/// Bytes copied at once; strings are short, so that most of them are one copy of a fixed size.
const CHUNK: usize = 16;

/// Where the string of each code stands in the output: (start, length).
pub(crate) struct Table(Box<[(u32, u32)]>);

impl Default for Table {
    fn default() -> Self {
        Table(vec![(0, 0); CODES].into_boxed_slice())
    }
}

/// Whether a block is in the bit-reversed form of the time before TIFF 6.0 (the test of libtiff).
pub(crate) fn is_old_style(raw: &[u8]) -> bool {
    matches!(raw, [0, second, ..] if second & 1 == 1)
}

/// Codes out of bytes, most significant bit first.
struct Codes<'a> {
    raw: &'a [u8],
    at: usize,
    /// Bits not yet taken, from the top; `held` of them count, those below are of the byte that the next refill reads again.
    bits: u64,
    held: u32,
}

impl Codes<'_> {
    #[inline(always)]
    fn next(&mut self, width: u32) -> Option<usize> {
        if self.held < width {
            self.refill();
            if self.held < width {
                return None;
            }
        }
        let code = (self.bits >> (64 - width)) as usize;
        self.bits <<= width;
        self.held -= width;
        Some(code)
    }

    #[inline(always)]
    fn refill(&mut self) {
        if let Some(eight) = self.raw.get(self.at..).and_then(|rest| rest.first_chunk::<8>()) {
            self.bits |= u64::from_be_bytes(*eight) >> self.held;
            let taken = (63 - self.held) / 8;
            self.at += taken as usize;
            self.held += taken * 8;
        } else {
            while self.held <= 56 && self.at < self.raw.len() {
                self.bits |= u64::from(self.raw[self.at]) << (56 - self.held);
                self.at += 1;
                self.held += 8;
            }
        }
    }
}

impl Table {
    pub(crate) fn decode(&mut self, raw: &[u8], out: &mut [u8]) -> Result<(), CodecError> {
        let due = out.len();
        let table: &mut [(u32, u32); CODES] =
            (&mut self.0[..]).try_into().map_err(|_| CodecError::Context { codec: "LZW" })?;
        let mut codes = Codes { raw, at: 0, bits: 0, held: 0 };
        let (mut width, mut next) = (9, FIRST);
        // Start and length of the previous string; length 0 just after a clear code.
        let (mut from, mut length) = (0, 0);
        let mut have = 0;
        while have < due {
            let Some(code) = codes.next(width) else { return Err(CodecError::Short { have, due }) };
            if code == CLEAR {
                (width, next, length) = (9, FIRST, 0);
                continue;
            }
            if code == END {
                return Err(CodecError::Short { have, due });
            }
            // The string that this code adds: the previous one and the byte that follows it.
            let added = length != 0 && next < CODES;
            if added {
                table[next] = (from as u32, length as u32 + 1);
            }
            let end = next + usize::from(added);
            if code < CLEAR {
                out[have] = code as u8;
                (from, length) = (have, 1);
            } else {
                if code >= end {
                    return Err(CodecError::LzwCode { code, end });
                }
                let (start, bytes) = table[code & (CODES - 1)];
                let bytes = (bytes as usize).min(due - have);
                copy(out, start as usize, have, bytes);
                (from, length) = (have, bytes);
            }
            have += length;
            next = end;
            if next == (1 << width) - 1 && width < 12 {
                width += 1;
            }
        }
        Ok(())
    }
}

/// Copies `bytes` from `start` to `to`, where the source ends at most one byte after `to` starts.
#[inline(always)]
fn copy(out: &mut [u8], start: usize, to: usize, bytes: usize) {
    let room = to + bytes.next_multiple_of(CHUNK);
    if room <= out.len() {
        // Whole chunks write past the string; what they spoil is written again by the strings that follow.
        let mut done = 0;
        while done < bytes {
            let chunk: [u8; CHUNK] = out[start + done..][..CHUNK].try_into().unwrap_or_default();
            out[to + done..][..CHUNK].copy_from_slice(&chunk);
            done += CHUNK;
        }
        // The string that ends with its own first byte (a code used as it is made).
        if start + bytes > to && bytes > 0 {
            out[to + bytes - 1] = out[start];
        }
    } else {
        for i in 0..bytes {
            out[to + i] = out[start + i];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use weezl::{BitOrder, encode::Encoder};

    fn pack(data: &[u8]) -> Vec<u8> {
        Encoder::with_tiff_size_switch(BitOrder::Msb, 8).encode(data).unwrap()
    }

    fn round_trip(data: &[u8]) {
        let mut out = vec![0; data.len()];
        Table::default().decode(&pack(data), &mut out).unwrap();
        assert!(out == data);
    }

    #[test]
    fn long_runs_and_full_tables() {
        round_trip(&[0; 100_000]);
        round_trip(&(0..200_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect::<Vec<_>>());
        round_trip(&(0..100_000u32).map(|i| (i / 7 % 5) as u8).collect::<Vec<_>>());
    }

    #[test]
    fn a_stream_longer_than_the_block_is_cut() {
        let raw = pack(&[5; 1000]);
        let mut out = [0; 100];
        Table::default().decode(&raw, &mut out).unwrap();
        assert_eq!(out, [5; 100]);
    }

    #[test]
    fn a_short_stream_and_a_code_from_nowhere_are_errors() {
        let raw = pack(&[5; 100]);
        let mut out = [0; 101];
        assert_eq!(Table::default().decode(&raw, &mut out), Err(CodecError::Short { have: 100, due: 101 }));
        // Clear (256), then code 300.
        let raw = [0b1000_0000, 0b0100_1011, 0b0000_0000];
        assert_eq!(Table::default().decode(&raw, &mut out), Err(CodecError::LzwCode { code: 300, end: FIRST }));
    }

    proptest! {
        #[test]
        fn weezl_agrees(data in prop::collection::vec(0u8..4, 0..5000)) {
            round_trip(&data);
        }

        #[test]
        fn weezl_agrees_on_noise(data in prop::collection::vec(any::<u8>(), 0..9000)) {
            round_trip(&data);
        }

        #[test]
        fn any_bytes_are_an_answer(raw in prop::collection::vec(any::<u8>(), 0..400), due in 0usize..9000) {
            let mut out = vec![0; due];
            let _ = Table::default().decode(&raw, &mut out);
        }
    }
}
