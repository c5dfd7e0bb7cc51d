//! Packs as zip files: the same pack, the same bytes.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use zip::{CompressionMethod, DateTime, ZipWriter, result::ZipError, write::SimpleFileOptions};

use super::{Content, Pack};

/// Writes a pack: entries by name, none with a date or owner of its own.
///
/// # Errors
/// The system's, and those of files that cannot be read.
pub fn write(pack: &Pack, path: &Path) -> io::Result<()> {
    let mut zip = ZipWriter::new(BufWriter::new(File::create(path)?));
    for (name, content) in &pack.files {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644);
        let (length, mut from): (u64, Box<dyn Read + '_>) = match content {
            Content::Bytes(bytes) => (bytes.len() as u64, Box::new(&bytes[..])),
            Content::File(path) => {
                let file = File::open(path).map_err(|error| within(path, &error))?;
                (file.metadata()?.len(), Box::new(file))
            }
        };
        zip.start_file(name.as_str(), options.large_file(length >= u64::from(u32::MAX))).map_err(io_error)?;
        io::copy(&mut from, &mut zip)?;
    }
    zip.finish().map_err(io_error)?.flush()
}

fn within(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

fn io_error(error: ZipError) -> io::Error {
    match error {
        ZipError::Io(error) => error,
        other => io::Error::other(other.to_string()),
    }
}
