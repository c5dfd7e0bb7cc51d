//! A ledger: amounts by key, in any number. What memory has no room for lies sorted on disk and is merged when it is read.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::hash::Hash;
use std::sync::Arc;

use crate::{areas::Amount, error::Result, shelf::Shelf};

/// What amounts are kept by: it has an order, and a form of ever the same number of bytes.
pub trait Key: Copy + Ord + Hash {
    /// The number of bytes.
    const BYTES: usize;

    /// Appends its bytes.
    fn put(&self, into: &mut Vec<u8>);

    /// Reads it back from its bytes.
    fn get(bytes: &[u8]) -> Self;
}

/// Bytes of an amount: pixels and area.
const AMOUNT_BYTES: usize = 8 + 16;

/// About what a key and its amount take in memory, with the room that a hash table keeps free.
const ENTRY_BYTES: u64 = 128;

/// Bytes of all stretches together that are read ahead.
const READ_AHEAD: usize = 16 << 20;

/// How many keys have room in so much memory.
pub fn keys_within(bytes: u64) -> usize {
    (bytes / ENTRY_BYTES).max(1) as usize
}

/// Amounts by key.
#[derive(Debug)]
pub struct Ledger<K> {
    shelf: Arc<Shelf>,
    /// How many keys memory may hold.
    most: usize,
    here: HashMap<K, Amount>,
    /// What was written: keys in their order, each once a stretch.
    stretches: Vec<Stretch>,
}

/// Where sorted keys and amounts lie on the shelf.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    offset: u64,
    entries: u64,
}

impl<K: Key> Ledger<K> {
    /// An empty ledger that keeps `most` keys in memory and the rest on the shelf.
    pub fn new(shelf: &Arc<Shelf>, most: usize) -> Self {
        Ledger { shelf: Arc::clone(shelf), most: most.max(1), here: HashMap::new(), stretches: Vec::new() }
    }

    /// Adds an amount to a key.
    ///
    /// # Errors
    /// Where the shelf cannot be written.
    pub fn add(&mut self, key: K, amount: Amount) -> Result<()> {
        *self.here.entry(key).or_default() += amount;
        if self.here.len() > self.most { self.put_away() } else { Ok(()) }
    }

    /// Adds all of another ledger that uses the same shelf.
    ///
    /// # Errors
    /// Where the shelf cannot be written.
    pub fn merge(&mut self, other: Ledger<K>) -> Result<()> {
        debug_assert!(Arc::ptr_eq(&self.shelf, &other.shelf));
        self.stretches.extend(other.stretches);
        other.here.into_iter().try_for_each(|(key, amount)| self.add(key, amount))
    }

    /// All keys in their order, each once with its whole amount.
    ///
    /// # Errors
    /// Where the shelf cannot be read.
    pub fn sorted(&self) -> Result<Sorted<'_, K>> {
        let read_ahead = READ_AHEAD / (self.stretches.len() + 1);
        let from_disk = self.stretches.iter().map(|stretch| Stream::from_shelf(&self.shelf, *stretch, read_ahead));
        let mut streams: Vec<Stream<'_, K>> = from_disk.collect();
        streams.push(Stream::from_memory(self.in_order()));
        let mut heads = BinaryHeap::with_capacity(streams.len());
        for (index, stream) in streams.iter_mut().enumerate() {
            heads.extend(stream.next()?.map(|(key, amount)| Reverse(Head { key, index, amount })));
        }
        Ok(Sorted { streams, heads })
    }

    fn in_order(&self) -> Vec<(K, Amount)> {
        let mut entries: Vec<(K, Amount)> = self.here.iter().map(|(key, amount)| (*key, *amount)).collect();
        entries.sort_unstable_by_key(|(key, _)| *key);
        entries
    }

    fn put_away(&mut self) -> Result<()> {
        let entries = self.in_order();
        self.here.clear();
        let entry_bytes = K::BYTES + AMOUNT_BYTES;
        let offset = self.shelf.reserve((entries.len() * entry_bytes) as u64);
        let mut bytes = Vec::with_capacity(entry_bytes * 8192);
        let mut at = offset;
        for chunk in entries.chunks(8192) {
            bytes.clear();
            for (key, amount) in chunk {
                key.put(&mut bytes);
                bytes.extend(amount.pixels.to_le_bytes());
                bytes.extend(amount.area.to_le_bytes());
            }
            self.shelf.write(&bytes, at)?;
            at += bytes.len() as u64;
        }
        self.stretches.push(Stretch { offset, entries: entries.len() as u64 });
        Ok(())
    }
}

/// The entries of a ledger in the order of their keys. After an error there is nothing more.
pub struct Sorted<'a, K> {
    streams: Vec<Stream<'a, K>>,
    heads: BinaryHeap<Reverse<Head<K>>>,
}

/// The next entry of a stream.
#[derive(Debug)]
struct Head<K> {
    key: K,
    index: usize,
    amount: Amount,
}

impl<K: Ord> PartialEq for Head<K> {
    fn eq(&self, other: &Self) -> bool {
        (&self.key, self.index) == (&other.key, other.index)
    }
}

impl<K: Ord> Eq for Head<K> {}

impl<K: Ord> PartialOrd for Head<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: Ord> Ord for Head<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (&self.key, self.index).cmp(&(&other.key, other.index))
    }
}

impl<K: Key> Sorted<'_, K> {
    /// Takes the first of the heads and fetches the one behind it.
    fn pop(&mut self) -> Result<Option<(K, Amount)>> {
        let Some(Reverse(Head { key, index, amount })) = self.heads.pop() else { return Ok(None) };
        let next = self.streams[index].next()?;
        self.heads.extend(next.map(|(key, amount)| Reverse(Head { key, index, amount })));
        Ok(Some((key, amount)))
    }

    fn whole_entry(&mut self) -> Result<Option<(K, Amount)>> {
        let Some((key, mut sum)) = self.pop()? else { return Ok(None) };
        while self.heads.peek().is_some_and(|Reverse(head)| head.key == key) {
            if let Some((_, amount)) = self.pop()? {
                sum += amount;
            }
        }
        Ok(Some((key, sum)))
    }
}

impl<K: Key> Iterator for Sorted<'_, K> {
    type Item = Result<(K, Amount)>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.whole_entry();
        if next.is_err() {
            self.heads.clear();
        }
        next.transpose()
    }
}

/// Sorted entries, from memory or piece by piece from the shelf.
struct Stream<'a, K> {
    shelf: Option<(&'a Shelf, Stretch)>,
    /// Entries of a piece.
    piece: u64,
    at_hand: std::vec::IntoIter<(K, Amount)>,
}

impl<'a, K: Key> Stream<'a, K> {
    fn from_memory(entries: Vec<(K, Amount)>) -> Self {
        Stream { shelf: None, piece: 0, at_hand: entries.into_iter() }
    }

    fn from_shelf(shelf: &'a Shelf, stretch: Stretch, read_ahead: usize) -> Self {
        // An entry takes more room in memory than on the shelf.
        let piece = (read_ahead as u64 / ENTRY_BYTES).max(1);
        Stream { shelf: Some((shelf, stretch)), piece, at_hand: Vec::new().into_iter() }
    }

    fn next(&mut self) -> Result<Option<(K, Amount)>> {
        if self.at_hand.len() == 0 {
            self.fetch()?;
        }
        Ok(self.at_hand.next())
    }

    fn fetch(&mut self) -> Result<()> {
        let Some((shelf, left)) = &mut self.shelf else { return Ok(()) };
        let entry_bytes = K::BYTES + AMOUNT_BYTES;
        let entries = left.entries.min(self.piece);
        let mut bytes = vec![0; entries as usize * entry_bytes];
        shelf.read(&mut bytes, left.offset)?;
        left.offset += bytes.len() as u64;
        left.entries -= entries;
        let read: Vec<(K, Amount)> = bytes.chunks_exact(entry_bytes).map(entry).collect();
        self.at_hand = read.into_iter();
        Ok(())
    }
}

fn entry<K: Key>(bytes: &[u8]) -> (K, Amount) {
    let (key, amount) = bytes.split_at(K::BYTES);
    let (pixels, area) = amount.split_at(8);
    let mut wide = ([0; 8], [0; 16]);
    wide.0.copy_from_slice(pixels);
    wide.1.copy_from_slice(area);
    (K::get(key), Amount { pixels: u64::from_le_bytes(wide.0), area: u128::from_le_bytes(wide.1) })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    impl Key for u16 {
        const BYTES: usize = 2;

        fn put(&self, into: &mut Vec<u8>) {
            into.extend(self.to_le_bytes());
        }

        fn get(bytes: &[u8]) -> Self {
            u16::from_le_bytes([bytes[0], bytes[1]])
        }
    }

    proptest! {
        #[test]
        fn it_sums_as_a_map_does_whatever_lies_on_disk(
            parts in prop::collection::vec(prop::collection::vec((0u16..40, 0u64..1000, any::<u64>()), 0..60), 1..5),
            most in 1usize..50,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let shelf = Arc::new(Shelf::create(&folder.path().join("shelf")).unwrap());
            let mut expected: BTreeMap<u16, Amount> = BTreeMap::new();
            let mut whole = Ledger::new(&shelf, most);
            for part in parts {
                let mut ledger = Ledger::new(&shelf, most);
                for (key, pixels, area) in part {
                    let amount = Amount { pixels, area: u128::from(area) << 30 };
                    *expected.entry(key).or_default() += amount;
                    ledger.add(key, amount).unwrap();
                }
                whole.merge(ledger).unwrap();
                prop_assert!(whole.here.len() <= most);
            }
            // Twice: reading uses nothing up.
            for _ in 0..2 {
                let sorted: Vec<(u16, Amount)> = whole.sorted().unwrap().map(Result::unwrap).collect();
                prop_assert_eq!(&sorted, &expected.iter().map(|(key, amount)| (*key, *amount)).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn a_shelf_that_lost_its_end_is_an_error_and_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shelf");
        let mut ledger = Ledger::new(&Arc::new(Shelf::create(&path).unwrap()), 3);
        (0..20u16).for_each(|key| ledger.add(key, Amount::default()).unwrap());
        std::fs::File::options().write(true).open(&path).unwrap().set_len(30).unwrap();
        assert!(ledger.sorted().is_err());
    }
}
