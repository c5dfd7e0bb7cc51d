//! One tag of a directory while a COG is laid out.

/// TIFF's types of values.
pub(crate) const ASCII: u16 = 2;
pub(crate) const SHORT: u16 = 3;
pub(crate) const LONG: u16 = 4;
const DOUBLE: u16 = 12;

/// One tag and its values.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) tag: u16,
    pub(crate) kind: u16,
    pub(crate) count: u64,
    pub(crate) data: Data,
}

/// Where a tag's values come from.
#[derive(Debug, Clone)]
pub(crate) enum Data {
    /// Little-endian bytes.
    Bytes(Vec<u8>),
    /// The colour table, which all directories of a file share.
    Palette,
    /// The offsets of the level's tiles.
    TileOffsets,
    /// The sizes of the level's tiles.
    TileSizes,
}

impl Field {
    pub(crate) fn shorts(tag: u16, values: &[u16]) -> Field {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        Field { tag, kind: SHORT, count: values.len() as u64, data: Data::Bytes(bytes) }
    }

    pub(crate) fn long(tag: u16, value: u32) -> Field {
        Field { tag, kind: LONG, count: 1, data: Data::Bytes(value.to_le_bytes().to_vec()) }
    }

    pub(crate) fn doubles(tag: u16, values: &[f64]) -> Field {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        Field { tag, kind: DOUBLE, count: values.len() as u64, data: Data::Bytes(bytes) }
    }

    /// A text, with the NUL that TIFF wants at its end.
    pub(crate) fn text(tag: u16, text: &str) -> Field {
        let mut bytes = text.as_bytes().to_vec();
        bytes.push(0);
        Field { tag, kind: ASCII, count: bytes.len() as u64, data: Data::Bytes(bytes) }
    }
}
