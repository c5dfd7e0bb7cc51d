//! A window of a raster made as large or small as a picture needs: each pixel one of the file's, never an average.

use mutirao_core::{
    grid::Window,
    raster::{BlockIndex, Interleave, RasterSource, ReadError},
};

/// The values of one band (from 0) of a window at the centres of `width` times `height` pixels, row by row; none for nothing. One
/// block of the file is held at a time.
///
/// # Errors
/// Where a block cannot be read.
pub fn sample(
    source: &dyn RasterSource,
    band: u16,
    window: &Window,
    [width, height]: [u32; 2],
) -> Result<Vec<Option<i32>>, ReadError> {
    let facts = source.facts();
    let cols = centres(window.col, window.width, width);
    let rows = centres(window.row, window.height, height);
    let is_chunky = facts.interleave == Interleave::Chunky;
    let mut values = vec![None; width as usize * height as usize];
    for rows in rows.chunk_by(|a, b| a.1 / facts.block_height == b.1 / facts.block_height) {
        for cols in cols.chunk_by(|a, b| a.1 / facts.block_width == b.1 / facts.block_width) {
            let (col, row) = (cols[0].1 / facts.block_width, rows[0].1 / facts.block_height);
            let block = source.read_block(BlockIndex { band: if is_chunky { 0 } else { band }, col, row })?;
            let samples = block.samples(facts);
            let (left, top) = (col * facts.block_width, row * facts.block_height);
            for (y, row) in rows.iter().filter(|(_, row)| row - top < block.height) {
                for (x, col) in cols {
                    let pixel = (row - top) as usize * block.width as usize + (col - left) as usize;
                    let at =
                        pixel * usize::from(block.samples_per_pixel) + if is_chunky { usize::from(band) } else { 0 };
                    let is_valid = block.valid.as_ref().is_none_or(|valid| valid[pixel] != 0);
                    let value = samples.get(at);
                    values[*y as usize * width as usize + *x as usize] =
                        (is_valid && facts.nodata != Some(value)).then_some(value);
                }
            }
        }
    }
    Ok(values)
}

/// Along one axis: each pixel of the picture, and the pixel of the file that its centre is in.
fn centres(start: u32, length: u32, picture: u32) -> Vec<(u32, u32)> {
    let centre = |at: u32| ((2 * u64::from(at) + 1) * u64::from(length) / (2 * u64::from(picture))) as u32;
    (0..picture).map(|at| (at, start + centre(at))).collect()
}
