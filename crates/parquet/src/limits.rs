//! What a file of a given size may hold, so that a small file cannot ask for all memory.

use parquet::file::metadata::ParquetMetaData;

use crate::error::Problem;

/// Rows that any file may have, and further rows for every byte of it. A run of equal rows takes next to nothing.
const ROWS: (u64, u64) = (100_000, 64);
/// Bytes that any file may be decoded to, and further ones for every byte of it. Honest tables stay below 50.
const DECODED: (u64, u64) = (256 << 20, 200);
/// Bytes that a batch of rows may be decoded to, where a row could be as large as its whole column chunk.
const BATCH: u64 = 256 << 20;
/// The smallest and the largest number of rows in a batch.
const BATCH_ROWS: (u64, u64) = (16, 8_192);

fn allowed((base, per_byte): (u64, u64), bytes: u64) -> u64 {
    base.saturating_add(per_byte.saturating_mul(bytes))
}

/// Refuses a file whose metadata declare what a file of `bytes` bytes cannot sensibly hold.
pub(crate) fn check(metadata: &ParquetMetaData, bytes: u64) -> Result<(), Problem> {
    let groups = metadata.row_groups();
    let rows = groups.iter().fold(metadata.file_metadata().num_rows(), |most, group| {
        if most < 0 || group.num_rows() < 0 { -1 } else { most.max(group.num_rows()) }
    });
    let total: u128 = groups.iter().map(|group| u128::from(group.num_rows().unsigned_abs())).sum();
    if rows < 0 || total.max(rows as u128) > u128::from(allowed(ROWS, bytes)) {
        return Err(Problem::AbsurdRows { rows: if rows < 0 { rows } else { clamp(total.max(rows as u128)) }, bytes });
    }
    let mut budget = Budget::new(bytes);
    for (row_group, group) in groups.iter().enumerate() {
        for chunk in group.columns() {
            let outside = || Problem::ChunkOutside { row_group, column: chunk.column_path().string() };
            let start =
                chunk.dictionary_page_offset().unwrap_or(chunk.data_page_offset()).min(chunk.data_page_offset());
            let start = u64::try_from(start).map_err(|_| outside())?;
            let length = u64::try_from(chunk.compressed_size()).map_err(|_| outside())?;
            if start.checked_add(length).is_none_or(|end| end > bytes) {
                return Err(outside());
            }
            budget.spend(u64::try_from(chunk.uncompressed_size()).map_err(|_| outside())?)?;
        }
    }
    Ok(())
}

fn clamp(rows: u128) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// How many rows to decode at once. A value of a dictionary may be repeated in every row of a batch, and be as large as the
/// whole column chunk.
pub(crate) fn batch_rows(metadata: &ParquetMetaData) -> usize {
    let chunks = metadata.row_groups().iter().flat_map(|group| group.columns());
    let largest = chunks.map(|chunk| chunk.uncompressed_size().unsigned_abs()).max().unwrap_or(0).max(1);
    (BATCH / largest).clamp(BATCH_ROWS.0, BATCH_ROWS.1) as usize
}

/// What is left of the bytes that a file may be decoded to.
pub(crate) struct Budget {
    spent: u64,
    bytes: u64,
}

impl Budget {
    /// The budget of a file of `bytes` bytes.
    pub(crate) fn new(bytes: u64) -> Self {
        Budget { spent: 0, bytes }
    }

    /// Takes `decoded` bytes off; an error where there are not so many left.
    pub(crate) fn spend(&mut self, decoded: u64) -> Result<(), Problem> {
        self.spent = self.spent.saturating_add(decoded);
        match self.spent <= allowed(DECODED, self.bytes) {
            true => Ok(()),
            false => Err(Problem::AbsurdSize { decoded: self.spent, bytes: self.bytes }),
        }
    }
}
