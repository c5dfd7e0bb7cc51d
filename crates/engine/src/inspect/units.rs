//! Which pixels are read together: whole blocks of the files, so that few are needed twice.

use mutirao_core::grid::Window;

use super::{DeliveredFile, Delivery};

/// Pixels of a unit, about.
const PIXELS: u64 = 1 << 18;

/// Bytes that the planes of a unit may take on a thread.
const PLANE_BYTES: u64 = 64 << 20;

/// Columns of a unit at most; a strip that is wider is read by several. Less than a strip would be no gain: threads that share its
/// blocks wait for one another.
const COLUMNS: u32 = 1 << 17;

/// The units of a delivery, row by row.
pub(super) struct Units {
    size: [u32; 2],
    step: [u32; 2],
    across: usize,
    count: usize,
}

/// Shares the frame out; there are none where nothing can be read. `planes` are kept in hand at a time, one of them a period.
pub(super) fn units(delivery: &Delivery, planes: bool) -> Units {
    let size = delivery.frame.size;
    let largest = |of: fn(&DeliveredFile) -> u32| delivery.files.iter().map(of).max().unwrap_or(1).max(1);
    let [width, height] =
        [largest(|file| file.source.facts().block_width), largest(|file| file.source.facts().block_height)];
    let across = (512_u32.div_ceil(width) * width).min(COLUMNS).min(size[0].max(1));
    let plane_bytes = if planes { 4 * delivery.planes as u64 } else { 0 };
    let most = PLANE_BYTES.checked_div(plane_bytes).unwrap_or(PIXELS).min(PIXELS);
    let rows = u32::try_from(most / u64::from(across)).unwrap_or(u32::MAX).max(1);
    // Blocks that are higher than a unit may be are shared by several.
    let down = if rows < height { rows } else { rows / height * height }.min(size[1].max(1));
    let columns = size[0].div_ceil(across) as usize;
    let count = if delivery.files.is_empty() { 0 } else { columns * size[1].div_ceil(down) as usize };
    Units { size, step: [across, down], across: columns, count }
}

impl Units {
    /// How many.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// One of them.
    pub(super) fn window(&self, at: usize) -> Window {
        let [col, row] = [(at % self.across) as u32 * self.step[0], (at / self.across) as u32 * self.step[1]];
        Window { col, row, width: self.step[0].min(self.size[0] - col), height: self.step[1].min(self.size[1] - row) }
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = Window> {
        (0..self.count).map(|at| self.window(at))
    }

    /// The unit that holds a pixel of the frame: column, row.
    pub(super) fn holding(&self, [col, row]: [u32; 2]) -> usize {
        (row / self.step[1]) as usize * self.across + (col / self.step[0]) as usize
    }
}
