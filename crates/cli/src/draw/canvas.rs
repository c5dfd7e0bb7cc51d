//! A picture in the making.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::Path;

/// A rectangle of pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// Its first column.
    pub left: u32,
    /// Its first row.
    pub top: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Area {
    /// Columns and rows.
    pub fn size(&self) -> [u32; 2] {
        [self.width, self.height]
    }
}

/// Pixels of red, green and blue, row by row.
pub struct Canvas {
    width: u32,
    height: u32,
    pixels: Vec<[u8; 3]>,
}

impl Canvas {
    /// White all over.
    pub fn white(width: u32, height: u32) -> Self {
        Canvas { width, height, pixels: vec![[255; 3]; width as usize * height as usize] }
    }

    fn at(&mut self, x: u32, y: u32) -> Option<&mut [u8; 3]> {
        let inside = x < self.width && y < self.height;
        inside.then(|| &mut self.pixels[y as usize * self.width as usize + x as usize])
    }

    /// The colour of a pixel within.
    #[cfg(test)]
    pub fn get(&self, x: u32, y: u32) -> [u8; 3] {
        self.pixels[y as usize * self.width as usize + x as usize]
    }

    /// Colours a pixel; outside nothing happens.
    pub fn set(&mut self, x: u32, y: u32, colour: [u8; 3]) {
        if let Some(pixel) = self.at(x, y) {
            *pixel = colour;
        }
    }

    /// Mixes a colour into a pixel: 0 leaves it, 1 replaces it.
    pub fn mix(&mut self, x: u32, y: u32, colour: [u8; 3], share: f32) {
        if let Some(pixel) = self.at(x, y) {
            let mixed =
                |own: u8, new: u8| (f32::from(own) + (f32::from(new) - f32::from(own)) * share.clamp(0.0, 1.0)).round();
            *pixel = [0, 1, 2].map(|band| mixed(pixel[band], colour[band]) as u8);
        }
    }

    /// Fills a rectangle.
    pub fn fill(&mut self, area: &Area, colour: [u8; 3]) {
        for y in area.top..area.top + area.height {
            for x in area.left..area.left + area.width {
                self.set(x, y, colour);
            }
        }
    }

    /// Draws a line of one pixel around a rectangle, outside of it; whoever places it leaves the room.
    pub fn frame(&mut self, area: &Area, colour: [u8; 3]) {
        let (left, top) = (area.left.saturating_sub(1), area.top.saturating_sub(1));
        let outer = Area { left, top, width: area.width + 2, height: area.height + 2 };
        for x in outer.left..outer.left + outer.width {
            self.set(x, outer.top, colour);
            self.set(x, outer.top + outer.height - 1, colour);
        }
        for y in outer.top..outer.top + outer.height {
            self.set(outer.left, y, colour);
            self.set(outer.left + outer.width - 1, y, colour);
        }
    }

    /// Draws a ring around the point `[x, y]` (fractions of pixels, from the upper left corner), `thick` pixels wide inward from its
    /// radius; what is within the ring stays as it is.
    pub fn ring(&mut self, [x, y]: [f64; 2], radius: f64, thick: f64, colour: [u8; 3]) {
        let span = |centre: f64| ((centre - radius).floor().max(0.0) as u32, (centre + radius).ceil().max(0.0) as u32);
        let ((left, right), (top, bottom)) = (span(x), span(y));
        for row in top..=bottom {
            for col in left..=right {
                let away = (f64::from(col) + 0.5 - x).hypot(f64::from(row) + 0.5 - y);
                if (radius - thick..=radius).contains(&away) {
                    self.set(col, row, colour);
                }
            }
        }
    }

    /// Writes it as PNG, and makes its folder.
    ///
    /// # Errors
    /// The system's.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut encoder = png::Encoder::new(BufWriter::new(File::create(path)?), self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        // Rows of equal pixels pack best as they are.
        encoder.set_filter(png::Filter::NoFilter);
        let mut writer = encoder.write_header().map_err(system_error)?;
        writer.write_image_data(self.pixels.as_flattened()).map_err(system_error)?;
        writer.finish().map_err(system_error)
    }
}

/// What the system said: a full disk is to be known as one.
fn system_error(error: png::EncodingError) -> io::Error {
    match error {
        png::EncodingError::IoError(error) => error,
        other => io::Error::other(other),
    }
}
