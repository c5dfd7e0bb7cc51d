//! The directories of a TIFF: where each tag's values lie, and the values themselves.

pub(crate) mod tags;
mod walk;

use crate::bytes::ByteOrder;
use crate::error::OpenError;
use crate::input::Input;
pub(crate) use walk::read_directories;

/// The most bytes that the values of one tag may take (block offsets are apart, see [`crate::layout`]).
const MAX_VALUE_BYTES: u64 = 16 << 20;

/// One tag of a directory; its values stay in the file until they are asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) tag: u16,
    pub(crate) kind: u16,
    pub(crate) count: u64,
    /// Where the values start in the file; inside the directory itself if they are few.
    pub(crate) at: u64,
}

impl Entry {
    /// Bytes of one value of this entry's kind; none if the kind is unknown.
    pub(crate) fn value_bytes(&self) -> Option<u64> {
        kind_bytes(self.kind)
    }
}

/// Bytes of one value of a field type (TIFF 6.0, section 2; BigTIFF).
pub(crate) fn kind_bytes(kind: u16) -> Option<u64> {
    match kind {
        1 | 2 | 6 | 7 => Some(1),
        3 | 8 => Some(2),
        4 | 9 | 11 | 13 => Some(4),
        5 | 10 | 12 | 16 | 17 | 18 => Some(8),
        _ => None,
    }
}

/// One unsigned whole number of a field type, if it is one of those.
pub(crate) fn whole(order: ByteOrder, kind: u16, bytes: &[u8], at: usize) -> Option<u64> {
    match kind {
        1 => bytes.get(at).map(|byte| u64::from(*byte)),
        3 => order.u16(bytes, at).map(u64::from),
        4 | 13 => order.u32(bytes, at).map(u64::from),
        16 | 18 => order.u64(bytes, at),
        _ => None,
    }
}

/// One directory: one image of the file.
#[derive(Debug, Clone)]
pub(crate) struct Ifd {
    pub(crate) order: ByteOrder,
    pub(crate) entries: Vec<Entry>,
}

impl Ifd {
    pub(crate) fn entry(&self, tag: u16) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tag == tag)
    }

    fn raw(&self, input: &Input, entry: &Entry) -> Result<Vec<u8>, OpenError> {
        let size = entry.value_bytes().and_then(|bytes| bytes.checked_mul(entry.count));
        let Some(size) = size.filter(|size| *size <= MAX_VALUE_BYTES) else {
            return Err(OpenError::corrupt(format!("tag {} declares {} values", entry.tag, entry.count)));
        };
        if input.check(entry.at, size).is_err() {
            return Err(OpenError::corrupt(format!("the values of tag {} pass the end of the file", entry.tag)));
        }
        Ok(input.read(entry.at, size)?)
    }

    /// The whole numbers of a tag; none if the tag is absent.
    pub(crate) fn wholes(&self, input: &Input, tag: u16) -> Result<Option<Vec<u64>>, OpenError> {
        let Some(entry) = self.entry(tag) else { return Ok(None) };
        let raw = self.raw(input, entry)?;
        let step = entry.value_bytes().unwrap_or(1) as usize;
        (0..raw.len() / step)
            .map(|i| whole(self.order, entry.kind, &raw, i * step))
            .collect::<Option<Vec<u64>>>()
            .map(Some)
            .ok_or_else(|| OpenError::corrupt(format!("tag {tag} holds no whole numbers")))
    }

    /// The first whole number of a tag; none if the tag is absent.
    pub(crate) fn whole(&self, input: &Input, tag: u16) -> Result<Option<u64>, OpenError> {
        match self.wholes(input, tag)? {
            None => Ok(None),
            Some(values) => match values.first() {
                Some(value) => Ok(Some(*value)),
                None => Err(OpenError::corrupt(format!("tag {tag} has no value"))),
            },
        }
    }

    /// The real numbers of a tag; none if the tag is absent.
    pub(crate) fn reals(&self, input: &Input, tag: u16) -> Result<Option<Vec<f64>>, OpenError> {
        let Some(entry) = self.entry(tag) else { return Ok(None) };
        let raw = self.raw(input, entry)?;
        let values = match entry.kind {
            12 => (0..raw.len() / 8).filter_map(|i| self.order.f64(&raw, i * 8)).collect(),
            11 => (0..raw.len() / 4).filter_map(|i| self.order.f32(&raw, i * 4).map(f64::from)).collect(),
            _ => return Err(OpenError::corrupt(format!("tag {tag} holds no real numbers"))),
        };
        Ok(Some(values))
    }

    /// The text of a tag up to its first NUL; none if the tag is absent. Bytes that are no UTF-8 become U+FFFD.
    pub(crate) fn text(&self, input: &Input, tag: u16) -> Result<Option<String>, OpenError> {
        let Some(entry) = self.entry(tag) else { return Ok(None) };
        if !matches!(entry.kind, 1 | 2 | 7) {
            return Err(OpenError::corrupt(format!("tag {tag} holds no text")));
        }
        let raw = self.raw(input, entry)?;
        let end = raw.iter().position(|byte| *byte == 0).unwrap_or(raw.len());
        Ok(Some(String::from_utf8_lossy(&raw[..end]).into_owned()))
    }
}
