//! The record of a run's tiles, as a file.
//!
//! A name and a version, the lengths of two compressed parts, these parts (the head as JSON; numbers), the compressed tiles, and a digest
//! of everything before it. Whatever is not exactly that is [`Broken`], and worth nothing.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_128;

use super::{
    digest::Digest,
    frame::{FORMAT, Frame},
    recorder::{Noted, Recorded},
    tile::TileRecord,
};
use crate::error::{EngineError, Result};

const NAME: &[u8; 12] = b"mutirao/rec\n";

/// Bytes before the first part: name, version, two lengths.
const OPENING: usize = 12 + 4 + 2 * 8;

/// Bytes of the digest at the end.
const CLOSING: u64 = 16;

/// Bytes of where a tile lies.
const ENTRY: usize = 8 + 4;

/// A record that cannot be used, and why.
#[derive(Debug, thiserror::Error)]
#[error("{}: {what}", .path.display())]
pub struct Broken {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub what: String,
}

/// What a file was, as far as its bytes go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Bytes.
    pub bytes: u64,
    /// When it was last modified, in nanoseconds since 1970.
    pub modified: i64,
    /// SHA-256 in hexadecimal digits; none where nobody took it.
    pub sha256: Option<String>,
}

impl Identity {
    /// Whether it is that of an earlier file: by hash, where it is known; else by length and time.
    pub(super) fn is(&self, earlier: &Identity) -> bool {
        match &self.sha256 {
            Some(_) => self.sha256 == earlier.sha256,
            None => (self.bytes, self.modified) == (earlier.bytes, earlier.modified),
        }
    }
}

/// What a record begins with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Head {
    pub frame: Frame,
    /// The digest of rules, method and classes, in hexadecimal digits.
    pub judging: String,
    pub layers: Vec<LayerHead>,
    pub kinds: Vec<KindHead>,
    pub files: Vec<FileHead>,
    pub tiles: usize,
}

/// A layer, and how its members are numbered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LayerHead {
    pub name: String,
    pub first_source: u16,
    pub members: u16,
}

/// A kind of territories: the digest of its polygons, and the keys by place; both empty for those without polygons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KindHead {
    pub digest: String,
    pub keys: Vec<String>,
}

/// A file of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileHead {
    pub path: PathBuf,
    /// None where the file's own bytes do not say what its blocks are: translations and vectors.
    pub identity: Option<Identity>,
    pub blocks: usize,
}

/// What comparing takes besides the head.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers {
    /// By file: the digests of its blocks.
    pub blocks: Vec<Vec<Digest>>,
    /// Tile by tile, layer by layer.
    pub keys: Vec<Digest>,
    /// Tile by tile, kind by kind.
    pub zones: Vec<Digest>,
}

/// The record of an earlier run.
#[derive(Debug)]
pub struct Record {
    path: PathBuf,
    file: File,
    pub(super) head: Head,
    pub(super) numbers: Numbers,
    tiles: Vec<(u64, u32)>,
}

impl Record {
    /// Reads a record but for its tiles, after having looked whether the file is whole.
    ///
    /// # Errors
    /// [`Broken`], whatever is wrong.
    pub fn open(path: &Path) -> std::result::Result<Self, Broken> {
        let broken = |what: String| Broken { path: path.to_owned(), what };
        let file = File::open(path).map_err(|error| broken(error.to_string()))?;
        check(&file).map_err(|error| broken(error.to_string()))?;
        Self::read(path, file).map_err(|error| broken(error.to_string()))
    }

    fn read(path: &Path, file: File) -> std::io::Result<Self> {
        let wrong = || std::io::Error::other("it does not hold what it should");
        let mut opening = [0; OPENING];
        file.read_exact_at(&mut opening, 0)?;
        let lengths = [u64_at(&opening, 16), u64_at(&opening, 24)];
        let part = |at: u64, len: u64| {
            let mut packed = vec![0; len as usize];
            file.read_exact_at(&mut packed, at)?;
            zstd::stream::decode_all(&packed[..])
        };
        let head: Head = serde_json::from_slice(&part(OPENING as u64, lengths[0])?)?;
        let numbers = part(OPENING as u64 + lengths[0], lengths[1])?;
        let first = OPENING as u64 + lengths[0] + lengths[1];
        let (numbers, tiles) = split(&head, &numbers, first).ok_or_else(wrong)?;
        Ok(Record { path: path.to_owned(), file, head, numbers, tiles })
    }

    /// Whether a tile was recorded: not one that held more than there is room for.
    pub(super) fn has(&self, place: usize) -> bool {
        self.tiles[place].1 > 0
    }

    /// A tile as it was recorded, still packed.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub(crate) fn packed_tile(&self, place: usize) -> Result<Vec<u8>> {
        let (offset, len) = self.tiles[place];
        let mut packed = vec![0; len as usize];
        self.file.read_exact_at(&mut packed, offset).map_err(EngineError::io("read", &self.path))?;
        Ok(packed)
    }

    /// A tile out of its packed bytes, in this record's numbers.
    ///
    /// # Errors
    /// [`EngineError::Malformed`] where they are not a tile.
    pub(crate) fn unpacked(&self, packed: &[u8]) -> Result<TileRecord> {
        let bytes = zstd::stream::decode_all(packed).map_err(EngineError::io("read", &self.path))?;
        TileRecord::from_bytes(&bytes, self.head.layers.len()).ok_or_else(|| self.malformed())
    }

    /// The error that a tile is not what it should be.
    pub(crate) fn malformed(&self) -> EngineError {
        EngineError::Malformed { path: self.path.clone(), what: "it does not hold what it should".to_owned() }
    }

    pub(crate) fn zones_of(&self, place: usize) -> &[Digest] {
        let kinds = self.head.kinds.len();
        &self.numbers.zones[place * kinds..][..kinds]
    }
}

/// Looks whether name and version are known and the digest is right.
fn check(file: &File) -> std::io::Result<()> {
    let wrong = |what: &str| Err(std::io::Error::other(what.to_owned()));
    let len = file.metadata()?.len();
    if len < OPENING as u64 + CLOSING {
        return wrong("it is too short");
    }
    let mut reader = BufReader::with_capacity(1 << 18, file).take(len - CLOSING);
    let mut hash = XxHash3_128::new();
    let mut buffer = vec![0; 1 << 18];
    let mut is_first = true;
    loop {
        let read = reader.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        if is_first && (!buffer.starts_with(NAME) || buffer[12..16] != FORMAT.to_le_bytes()) {
            return wrong("it is no record of this version");
        }
        is_first = false;
        hash.write(&buffer[..read]);
    }
    let mut closing = [0; CLOSING as usize];
    file.read_exact_at(&mut closing, len - CLOSING)?;
    if closing == hash.finish_128().to_le_bytes() { Ok(()) } else { wrong("it is damaged") }
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes[at..at + 8].iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The numbers as the head says how many there are, and where the tiles lie; none where that is not how many there are.
fn split(head: &Head, bytes: &[u8], first: u64) -> Option<(Numbers, Vec<(u64, u32)>)> {
    let blocks: usize = head.files.iter().map(|file| file.blocks).sum();
    let [keys, zones] = [head.tiles.checked_mul(head.layers.len())?, head.tiles.checked_mul(head.kinds.len())?];
    let digests = blocks.checked_add(keys)?.checked_add(zones)?;
    let (digests, tiles) = bytes.split_at_checked(digests.checked_mul(16)?)?;
    if tiles.len() != head.tiles.checked_mul(ENTRY)? {
        return None;
    }
    let mut digests = digests.as_chunks::<16>().0.iter().map(|bytes| Digest::from_le_bytes(*bytes));
    let mut numbers = Numbers::default();
    for file in &head.files {
        numbers.blocks.push(digests.by_ref().take(file.blocks).collect());
    }
    numbers.keys = digests.by_ref().take(keys).collect();
    numbers.zones = digests.collect();
    let place = |entry: &[u8]| {
        let len = entry[8..12].iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte));
        (first + u64_at(entry, 0), len)
    };
    Some((numbers, tiles.chunks_exact(ENTRY).map(place).collect()))
}

/// Writes a record. Whoever asks sees to it that the file has its name only when it is whole.
pub(super) fn write(path: &Path, head: &Head, numbers: &Numbers, recorded: &Recorded) -> Result<()> {
    let failed = |error| EngineError::io("write", path)(error);
    let mut zones = numbers.zones.clone();
    let mut places = Vec::with_capacity(recorded.tiles.len() * ENTRY);
    let mut end = 0u64;
    for noted in recorded.tiles.iter() {
        let noted = noted.as_ref().ok_or_else(|| failed(std::io::Error::other("a tile was never recorded")))?;
        zones.extend(&noted.zones);
        places.extend(end.to_le_bytes());
        places.extend(noted.len.to_le_bytes());
        end += u64::from(noted.len);
    }
    let digests = numbers.blocks.iter().flatten().chain(&numbers.keys).chain(&zones);
    let mut bytes: Vec<u8> = digests.flat_map(|digest| digest.to_le_bytes()).collect();
    bytes.extend(places);
    let head = serde_json::to_vec(head).map_err(|error| failed(error.into()))?;
    let parts = [head, bytes].map(|part| zstd::bulk::compress(&part, 1));
    let [head, bytes] = parts.map(|part| part.map_err(failed));
    write_to(path, [head?, bytes?], recorded)
}

fn write_to(path: &Path, parts: [Vec<u8>; 2], recorded: &Recorded) -> Result<()> {
    let failed = |error| EngineError::io("write", path)(error);
    let file = File::create(path).map_err(failed)?;
    let mut out = Hashing { out: BufWriter::with_capacity(1 << 18, file), hash: XxHash3_128::new() };
    let opening = [&NAME[..], &FORMAT.to_le_bytes()].concat();
    let lengths = parts.each_ref().map(|part| (part.len() as u64).to_le_bytes());
    for piece in [&opening[..], lengths.as_flattened(), &parts[0], &parts[1]] {
        out.write(piece).map_err(failed)?;
    }
    let mut packed = Vec::new();
    for Noted { offset, len, .. } in recorded.tiles.iter().flatten() {
        packed.resize(*len as usize, 0);
        recorded.shelf.read(&mut packed, *offset)?;
        out.write(&packed).map_err(failed)?;
    }
    let closing = out.hash.finish_128().to_le_bytes();
    out.write(&closing).map_err(failed)?;
    out.out.flush().map_err(failed)
}

struct Hashing {
    out: BufWriter<File>,
    hash: XxHash3_128,
}

impl Hashing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.hash.write(bytes);
        self.out.write_all(bytes)
    }
}
