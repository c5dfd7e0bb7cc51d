//! Everything before the first tile: header, ghost area, directories, tables of tiles.

use super::field::{Data, Field};
use super::fields;
use super::{CogSpec, Level};

/// The sizes of the tiles of one level and where they lie, in the order band, row, column.
#[derive(Debug, Clone)]
pub(crate) struct Tiles {
    pub(crate) offsets: Vec<u64>,
    pub(crate) sizes: Vec<u64>,
}

/// The bytes before the first tile. Their number depends on `big` and on the number of tiles, not on the tiles'
/// offsets and sizes.
pub(crate) fn bytes(spec: &CogSpec, levels: &[Level], tiles: &[Tiles], big: bool) -> Vec<u8> {
    let directories: Vec<_> = levels.iter().enumerate().map(|(i, level)| fields::of_level(spec, i, level)).collect();
    let form = Form { big };
    // The first pass finds the places that the second one names.
    let (_, places) = form.emit(spec, &directories, tiles, &Places::unknown(levels.len()));
    let (mut out, places) = form.emit(spec, &directories, tiles, &places);
    for (level, place) in tiles.iter().zip(&places.tables) {
        form.push_table(&mut out, &level.offsets, place.offsets);
        form.push_table(&mut out, &level.sizes, place.sizes);
    }
    out
}

/// Where the tables of tiles of one level lie; 0 where they stand in the directory itself.
#[derive(Debug, Clone, Copy, Default)]
struct TablePlaces {
    offsets: u64,
    sizes: u64,
}

/// Where the parts lie that others refer to.
struct Places {
    directories: Vec<u64>,
    tables: Vec<TablePlaces>,
    palette: u64,
}

impl Places {
    fn unknown(levels: usize) -> Places {
        Places { directories: vec![0; levels], tables: vec![TablePlaces::default(); levels], palette: 0 }
    }
}

/// Classic TIFF or BigTIFF.
#[derive(Clone, Copy)]
struct Form {
    big: bool,
}

impl Form {
    /// Bytes of an offset, and of the values that stand in an entry itself.
    fn word(self) -> usize {
        if self.big { 8 } else { 4 }
    }

    fn push_word(self, out: &mut Vec<u8>, value: u64) {
        out.extend(&value.to_le_bytes()[..self.word()]);
    }

    fn push_table(self, out: &mut Vec<u8>, values: &[u64], place: u64) {
        if place != 0 {
            align(out);
            values.iter().for_each(|value| self.push_word(out, *value));
        }
    }

    fn emit(self, spec: &CogSpec, directories: &[Vec<Field>], tiles: &[Tiles], known: &Places) -> (Vec<u8>, Places) {
        let mut out = self.start(spec, known.directories[0]);
        let mut places = Places::unknown(directories.len());
        for (i, fields) in directories.iter().enumerate() {
            align(&mut out);
            places.directories[i] = out.len() as u64;
            let next = known.directories.get(i + 1).copied().unwrap_or(0);
            let mut directory = Directory { form: self, spec, known, level: i, tiles: &tiles[i] };
            directory.emit(&mut out, fields, next, &mut places.palette);
        }
        let mut end = out.len();
        for (place, level) in places.tables.iter_mut().zip(tiles) {
            place.offsets = self.reserve(&mut end, level.offsets.len());
            place.sizes = self.reserve(&mut end, level.sizes.len());
        }
        (out, places)
    }

    /// The place of a table of `count` words, and the end moved behind it; 0 for one that fits into its entry.
    fn reserve(self, end: &mut usize, count: usize) -> u64 {
        if count <= 1 {
            return 0;
        }
        let place = end.next_multiple_of(ALIGNMENT);
        *end = place + count * self.word();
        place as u64
    }

    /// Header and ghost area.
    fn start(self, spec: &CogSpec, first: u64) -> Vec<u8> {
        let mut out = b"II".to_vec();
        if self.big {
            out.extend([43, 0, 8, 0, 0, 0]);
        } else {
            out.extend([42, 0]);
        }
        self.push_word(&mut out, first);
        let interleave = if spec.bands > 1 { "INTERLEAVE=BAND\n" } else { "" };
        // The space leaves room for an editor that breaks the layout to say YES.
        let ghost = format!(
            "LAYOUT=IFDS_BEFORE_DATA\nBLOCK_ORDER=ROW_MAJOR\nBLOCK_LEADER=SIZE_AS_UINT4\n\
             BLOCK_TRAILER=LAST_4_BYTES_REPEATED\n{interleave}KNOWN_INCOMPATIBLE_EDITION=NO\n "
        );
        out.extend(format!("GDAL_STRUCTURAL_METADATA_SIZE={:06} bytes\n{ghost}", ghost.len()).bytes());
        out
    }
}

const ALIGNMENT: usize = 8;

fn align(out: &mut Vec<u8>) {
    out.resize(out.len().next_multiple_of(ALIGNMENT), 0);
}

/// One directory while it is written.
struct Directory<'a> {
    form: Form,
    spec: &'a CogSpec,
    known: &'a Places,
    level: usize,
    tiles: &'a Tiles,
}

impl Directory<'_> {
    /// The entries, then the values that do not fit into them.
    fn emit(&mut self, out: &mut Vec<u8>, fields: &[Field], next: u64, palette: &mut u64) {
        let entry = 4 + 2 * self.form.word();
        let count = if self.form.big { 8 } else { 2 };
        let table = count + fields.len() * entry + self.form.word();
        let mut values_at = (out.len() + table).next_multiple_of(ALIGNMENT);
        let mut values = Vec::new();
        out.extend(&(fields.len() as u64).to_le_bytes()[..count]);
        for field in fields {
            let place = (values_at + values.len()) as u64;
            let (kind, bytes) = self.bytes(field);
            out.extend(field.tag.to_le_bytes());
            out.extend(kind.to_le_bytes());
            self.form.push_word(out, field.count);
            match bytes {
                Bytes::Here(bytes) if bytes.len() <= self.form.word() => {
                    out.extend(&bytes);
                    out.resize(out.len() + self.form.word() - bytes.len(), 0);
                }
                Bytes::Here(bytes) => {
                    self.form.push_word(out, place);
                    if matches!(field.data, Data::Palette) {
                        *palette = place;
                    }
                    values.extend(bytes);
                    align(&mut values);
                }
                Bytes::At(place) => self.form.push_word(out, place),
            }
        }
        self.form.push_word(out, next);
        out.resize(values_at, 0);
        out.append(&mut values);
        values_at = out.len();
        debug_assert!(values_at.is_multiple_of(ALIGNMENT));
    }

    /// The kind of a field in this form, and its values or where they lie.
    fn bytes(&self, field: &Field) -> (u16, Bytes) {
        let place = self.known.tables[self.level];
        match &field.data {
            Data::Bytes(bytes) => (field.kind, Bytes::Here(bytes.clone())),
            Data::Palette if self.level == 0 => {
                let palette = self.spec.palette.as_deref().unwrap_or_default();
                (field.kind, Bytes::Here(fields::palette_bytes(self.spec.dtype, palette)))
            }
            Data::Palette => (field.kind, Bytes::At(self.known.palette)),
            Data::TileOffsets => self.table(&self.tiles.offsets, place.offsets),
            Data::TileSizes => self.table(&self.tiles.sizes, place.sizes),
        }
    }

    fn table(&self, values: &[u64], place: u64) -> (u16, Bytes) {
        const LONG: u16 = 4;
        const LONG8: u16 = 16;
        let kind = if self.form.big { LONG8 } else { LONG };
        match values {
            [only] => (kind, Bytes::Here(only.to_le_bytes()[..self.form.word()].to_vec())),
            _ => (kind, Bytes::At(place)),
        }
    }
}

enum Bytes {
    Here(Vec<u8>),
    At(u64),
}
