//! A look at the footer before the Parquet library reads it.
//!
//! The library reserves memory for counts as the footer declares them and follows the schema by recursion. A hostile count
//! or depth would so end the process, which nothing can catch. This walk over the same bytes (Thrift's compact protocol,
//! see `thrift-compact-protocol.md` of Apache Thrift) refuses both beforehand, and keeps nothing.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use crate::error::{FooterError, Problem};

/// How deep Thrift values may be nested. The deepest of the format take fewer than ten.
const MAX_DEPTH: usize = 32;
/// How deep columns may be nested: more than any table has, less than a stack.
const MAX_COLUMN_DEPTH: usize = 64;
/// Length of the footer (4 bytes) and the magic number (4 bytes) at the end, and the magic number at the beginning.
const FRAME: u64 = 12;

/// Refuses a file whose footer does not fit it or would not be safe to read. Whether it is Parquet at all is left to the
/// library to say.
pub(crate) fn check(file: &mut File, bytes: u64) -> Result<(), Problem> {
    if bytes < FRAME {
        return Err(FooterError::TooShort { bytes }.into());
    }
    file.seek(SeekFrom::Start(bytes - 8))?;
    let mut tail = [0; 8];
    file.read_exact(&mut tail)?;
    let [a, b, c, d, magic @ ..] = tail;
    if &magic != b"PAR1" {
        return Ok(());
    }
    let footer = u64::from(u32::from_le_bytes([a, b, c, d]));
    if footer > bytes - FRAME {
        return Err(FooterError::Length { footer, bytes }.into());
    }
    file.seek(SeekFrom::Start(bytes - 8 - footer))?;
    let mut thrift = Vec::new();
    file.take(footer).read_to_end(&mut thrift)?;
    Ok(check_thrift(&thrift)?)
}

fn check_thrift(bytes: &[u8]) -> Result<(), FooterError> {
    let mut walk = Walk { bytes, children: Vec::new() };
    walk.structure(Place::File, 0)?;
    check_schema(&walk.children)
}

/// Checks the tree that the numbers of children describe, listed in depth-first order.
fn check_schema(children: &[i64]) -> Result<(), FooterError> {
    let elements = children.len();
    let mut open: Vec<i64> = Vec::new();
    for &count in children {
        if !(0..=elements as i64).contains(&count) {
            return Err(FooterError::Children { children: count, elements });
        }
        if let Some(siblings) = open.last_mut() {
            *siblings -= 1;
        }
        open.push(count);
        while open.last() == Some(&0) {
            open.pop();
        }
        if open.len() > MAX_COLUMN_DEPTH {
            return Err(FooterError::TooDeep(MAX_COLUMN_DEPTH));
        }
    }
    Ok(())
}

/// Where in the footer the walk is, as far as it matters.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// In `FileMetaData`, whose field 2 is the schema.
    File,
    /// In the list of `SchemaElement`, or in one of them; its field 5 is the number of children.
    Schema,
    /// Anywhere else.
    Elsewhere,
}

/// The bytes not yet walked over, and the numbers of children met in the schema.
struct Walk<'a> {
    bytes: &'a [u8],
    children: Vec<i64>,
}

impl Walk<'_> {
    fn skip(&mut self, count: u64) -> Result<(), FooterError> {
        let count = usize::try_from(count).map_err(|_| FooterError::Truncated)?;
        self.bytes = self.bytes.get(count..).ok_or(FooterError::Truncated)?;
        Ok(())
    }

    fn byte(&mut self) -> Result<u8, FooterError> {
        let (&first, rest) = self.bytes.split_first().ok_or(FooterError::Truncated)?;
        self.bytes = rest;
        Ok(first)
    }

    /// A number of seven bits a byte, the lowest first.
    fn varint(&mut self) -> Result<u64, FooterError> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(FooterError::LongNumber)
    }

    /// A signed number, its sign in the lowest bit.
    fn zigzag(&mut self) -> Result<i64, FooterError> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    fn structure(&mut self, place: Place, depth: usize) -> Result<(), FooterError> {
        if depth > MAX_DEPTH {
            return Err(FooterError::TooDeep(MAX_DEPTH));
        }
        let is_element = place == Place::Schema;
        if is_element {
            self.children.push(0);
        }
        let mut id = 0i64;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Ok(());
            }
            id = match head >> 4 {
                0 => self.zigzag()?,
                step => id.wrapping_add(i64::from(step)),
            };
            match (place, id, head & 0x0f) {
                // A field holds its truth value in its type.
                (_, _, 1 | 2) => {}
                (Place::Schema, 5, 5) => {
                    let children = self.zigzag()?;
                    if let Some(last) = self.children.last_mut() {
                        *last = children;
                    }
                }
                (Place::File, 2, kind) => self.value(kind, Place::Schema, depth + 1)?,
                (_, _, kind) => self.value(kind, Place::Elsewhere, depth + 1)?,
            }
        }
    }

    fn value(&mut self, kind: u8, place: Place, depth: usize) -> Result<(), FooterError> {
        match kind {
            1..=3 => self.skip(1),
            4..=6 => self.varint().map(drop),
            7 => self.skip(8),
            8 => self.varint().and_then(|length| self.skip(length)),
            9 | 10 => self.list(place, depth),
            11 => self.map(depth),
            12 => self.structure(place, depth),
            13 => self.skip(16),
            other => Err(FooterError::UnknownType(other)),
        }
    }

    fn list(&mut self, place: Place, depth: usize) -> Result<(), FooterError> {
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => self.varint()?,
            short => u64::from(short),
        };
        self.items(count, &[head & 0x0f], place, depth)
    }

    fn map(&mut self, depth: usize) -> Result<(), FooterError> {
        let count = self.varint()?;
        if count == 0 {
            return Ok(());
        }
        let kinds = self.byte()?;
        self.items(count, &[kinds >> 4, kinds & 0x0f], Place::Elsewhere, depth)
    }

    /// So many items, each with values of these kinds. Every value takes at least one byte.
    fn items(&mut self, count: u64, kinds: &[u8], place: Place, depth: usize) -> Result<(), FooterError> {
        let remaining = self.bytes.len();
        if count > remaining as u64 {
            return Err(FooterError::AbsurdCount { count, remaining });
        }
        if depth > MAX_DEPTH {
            return Err(FooterError::TooDeep(MAX_DEPTH));
        }
        for _ in 0..count {
            kinds.iter().try_for_each(|&kind| self.value(kind, place, depth + 1))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A footer with only a schema: one element for every number of children.
    fn schema(children: &[i32]) -> Vec<u8> {
        let mut out = vec![0x29, 0xfc];
        varint(&mut out, children.len() as u64);
        for &count in children {
            out.push(0x55);
            varint(&mut out, ((count << 1) ^ (count >> 31)) as u32 as u64);
            out.push(0);
        }
        out.push(0);
        out
    }

    fn varint(out: &mut Vec<u8>, mut value: u64) {
        while value > 0x7f {
            out.push(value as u8 | 0x80);
            value >>= 7;
        }
        out.push(value as u8);
    }

    #[test]
    fn schemas_are_measured() {
        assert_eq!(check_thrift(&schema(&[3, 0, 1, 0, 0])), Ok(()));
        let mut chain = vec![1; MAX_COLUMN_DEPTH];
        chain.push(0);
        assert_eq!(check_thrift(&schema(&chain)), Ok(()));
        chain.insert(0, 1);
        assert_eq!(check_thrift(&schema(&chain)), Err(FooterError::TooDeep(MAX_COLUMN_DEPTH)));
        assert_eq!(check_thrift(&schema(&vec![1; 100_000])), Err(FooterError::TooDeep(MAX_COLUMN_DEPTH)));
        let huge = FooterError::Children { children: i64::from(i32::MAX), elements: 2 };
        assert_eq!(check_thrift(&schema(&[i32::MAX, 0])), Err(huge));
        assert_eq!(check_thrift(&schema(&[-1])), Err(FooterError::Children { children: -1, elements: 1 }));
    }

    #[test]
    fn absurd_counts_and_depths_are_refused() {
        let mut groups = vec![0x49, 0xfc];
        varint(&mut groups, i32::MAX as u64);
        let absurd = FooterError::AbsurdCount { count: i32::MAX as u64, remaining: 0 };
        assert_eq!(check_thrift(&groups), Err(absurd));
        assert_eq!(check_thrift(&[0x1c; 1000]), Err(FooterError::TooDeep(MAX_DEPTH)));
        assert_eq!(check_thrift(&[0x19; 1000]), Err(FooterError::TooDeep(MAX_DEPTH)));
        assert_eq!(check_thrift(&[0x1e]), Err(FooterError::UnknownType(14)));
        assert_eq!(check_thrift(&[0x16; 11].map(|b| b | 0x80)), Err(FooterError::LongNumber));
        assert_eq!(check_thrift(&[0x18, 5, 1]), Err(FooterError::Truncated));
    }

    proptest! {
        #[test]
        fn any_bytes_have_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = check_thrift(&bytes);
        }
    }
}
