//! From the header along the chain of directories.

use std::collections::HashSet;

use super::{Entry, Ifd, kind_bytes};
use crate::bytes::ByteOrder;
use crate::error::OpenError;
use crate::input::Input;

/// The most directories a file may have, and the most tags a directory.
const MAX_DIRECTORIES: usize = 1024;
const MAX_ENTRIES: u64 = 1024;

/// Classic TIFF or BigTIFF: how wide counts and offsets are.
#[derive(Debug, Clone, Copy)]
struct Form {
    order: ByteOrder,
    big: bool,
}

impl Form {
    fn count_bytes(self) -> u64 {
        if self.big { 8 } else { 2 }
    }

    fn entry_bytes(self) -> u64 {
        if self.big { 20 } else { 12 }
    }

    fn offset_bytes(self) -> u64 {
        if self.big { 8 } else { 4 }
    }

    fn count(self, bytes: &[u8], at: usize) -> Option<u64> {
        if self.big { self.order.u64(bytes, at) } else { self.order.u16(bytes, at).map(u64::from) }
    }

    fn offset(self, bytes: &[u8], at: usize) -> Option<u64> {
        if self.big { self.order.u64(bytes, at) } else { self.order.u32(bytes, at).map(u64::from) }
    }
}

/// All directories of the file's main chain, in order.
pub(crate) fn read_directories(input: &Input) -> Result<Vec<Ifd>, OpenError> {
    let (form, mut next) = read_header(input)?;
    let mut seen = HashSet::new();
    let mut directories = Vec::new();
    while next != 0 {
        if !seen.insert(next) {
            return Err(OpenError::corrupt(format!("the chain of directories returns to offset {next}")));
        }
        if directories.len() == MAX_DIRECTORIES {
            return Err(OpenError::corrupt(format!("more than {MAX_DIRECTORIES} directories")));
        }
        let (directory, after) = read_directory(input, form, next)?;
        directories.push(directory);
        next = after;
    }
    if directories.is_empty() {
        return Err(OpenError::corrupt("the file has no directory"));
    }
    Ok(directories)
}

fn read_header(input: &Input) -> Result<(Form, u64), OpenError> {
    let size = input.len().min(16);
    let header = input.read(0, size)?;
    let order = match header.get(..2) {
        Some(b"II") => ByteOrder::Little,
        Some(b"MM") => ByteOrder::Big,
        _ => return Err(OpenError::NotTiff),
    };
    let short = || OpenError::corrupt("the header is cut short");
    match order.u16(&header, 2) {
        Some(42) => {
            let first = order.u32(&header, 4).ok_or_else(short)?;
            Ok((Form { order, big: false }, u64::from(first)))
        }
        Some(43) => {
            if order.u16(&header, 4) != Some(8) || order.u16(&header, 6) != Some(0) {
                return Err(OpenError::corrupt("a BigTIFF header without offsets of 8 bytes"));
            }
            Ok((Form { order, big: true }, order.u64(&header, 8).ok_or_else(short)?))
        }
        _ => Err(OpenError::NotTiff),
    }
}

fn read_directory(input: &Input, form: Form, at: u64) -> Result<(Ifd, u64), OpenError> {
    let cut = || OpenError::corrupt(format!("the directory at offset {at} passes the end of the file"));
    input.check(at, form.count_bytes()).map_err(|_| cut())?;
    let count = form.count(&input.read(at, form.count_bytes())?, 0).ok_or_else(cut)?;
    if count == 0 || count > MAX_ENTRIES {
        return Err(OpenError::corrupt(format!("the directory at offset {at} declares {count} tags")));
    }
    let first = at + form.count_bytes();
    let size = count * form.entry_bytes() + form.offset_bytes();
    input.check(first, size).map_err(|_| cut())?;
    let table = input.read(first, size)?;
    let mut entries = Vec::new();
    for i in 0..count {
        let within = i * form.entry_bytes();
        entries.extend(read_entry(form, &table, within as usize, first + within).ok_or_else(cut)?);
    }
    let next = form.offset(&table, (count * form.entry_bytes()) as usize).ok_or_else(cut)?;
    Ok((Ifd { order: form.order, entries }, next))
}

/// One entry; `Some(None)` for one whose kind or size is unknown to us, which readers shall skip (TIFF 6.0, section 2).
fn read_entry(form: Form, table: &[u8], within: usize, at: u64) -> Option<Option<Entry>> {
    let tag = form.order.u16(table, within)?;
    let kind = form.order.u16(table, within + 2)?;
    let count = form.offset(table, within + 4)?;
    let value = within + 4 + form.offset_bytes() as usize;
    let Some(size) = kind_bytes(kind).and_then(|bytes| bytes.checked_mul(count)) else { return Some(None) };
    let at = if size <= form.offset_bytes() { at + 4 + form.offset_bytes() } else { form.offset(table, value)? };
    Some(Some(Entry { tag, kind, count, at }))
}
