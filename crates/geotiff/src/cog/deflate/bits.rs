//! Bits into bytes, lowest bit first (RFC 1951, section 3.1.1).

/// Writes into room that was made beforehand, so that a token costs one store.
pub(super) struct BitWriter<'a> {
    room: &'a mut Vec<u8>,
    at: usize,
    pending: u64,
    count: u32,
}

impl<'a> BitWriter<'a> {
    /// Appends to `room`.
    pub(super) fn new(room: &'a mut Vec<u8>) -> Self {
        BitWriter { at: room.len(), room, pending: 0, count: 0 }
    }

    /// Makes room for so many bits more: [`BitWriter::put`] needs it.
    pub(super) fn reserve(&mut self, bits: u64) {
        self.room.resize(self.at + (bits / 8) as usize + 16, 0);
    }

    /// Puts the lowest `count` bits, at most 56; the others are zero.
    #[inline(always)]
    pub(super) fn put(&mut self, bits: u64, count: u32) {
        self.pending |= bits << self.count;
        self.count += count;
        self.room[self.at..self.at + 8].copy_from_slice(&self.pending.to_le_bytes());
        self.at += (self.count / 8) as usize;
        self.pending >>= self.count & !7;
        self.count %= 8;
    }

    /// Bits to the next whole byte.
    pub(super) fn to_byte(&self) -> u32 {
        (8 - self.count) % 8
    }

    /// Whole bytes, where the last bit ended a byte.
    pub(super) fn put_bytes(&mut self, bytes: &[u8]) {
        debug_assert_eq!(self.count, 0);
        self.room.truncate(self.at);
        self.room.extend_from_slice(bytes);
        self.at = self.room.len();
    }

    /// Fills the last byte and gives the room back with what was written, and nothing after it.
    pub(super) fn finish(mut self) {
        let filled = self.to_byte();
        self.reserve(8);
        self.put(0, filled);
        self.room.truncate(self.at);
    }
}
