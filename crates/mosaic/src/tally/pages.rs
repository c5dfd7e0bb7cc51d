//! Tables by 16 bits, of which only those parts are there that something was put into.

/// Values of a page: those that share their upper byte.
pub const PAGE: usize = 256;

/// Pages by their upper byte, made when they are first asked for.
#[derive(Debug, Clone)]
pub struct Pages<T> {
    /// By upper byte: the page's place and one; 0 where there is none.
    places: [u16; PAGE],
    pages: Vec<T>,
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Pages { places: [0; PAGE], pages: Vec::new() }
    }
}

impl<T> Pages<T> {
    /// The page of an upper byte; where there is none, `new` is put there.
    #[inline]
    pub fn page(&mut self, upper: u8, new: &T) -> &mut T
    where
        T: Clone,
    {
        if self.places[usize::from(upper)] == 0 {
            self.make(upper, new);
        }
        &mut self.pages[usize::from(self.places[usize::from(upper)]) - 1]
    }

    #[cold]
    fn make(&mut self, upper: u8, new: &T)
    where
        T: Clone,
    {
        self.pages.push(new.clone());
        self.places[usize::from(upper)] = self.pages.len() as u16;
    }

    /// The pages that are there, by their upper bytes ascending.
    pub fn iter(&self) -> impl Iterator<Item = (u8, &T)> {
        let page =
            |(upper, place): (usize, &u16)| Some((upper as u8, &self.pages[usize::from(*place).checked_sub(1)?]));
        self.places.iter().enumerate().filter_map(page)
    }
}

/// The values of a page that occur, and how often.
pub fn told(upper: u8, page: [u64; PAGE]) -> impl Iterator<Item = (u16, u64)> {
    let value = move |(lower, count): (usize, u64)| (u16::from(upper) << 8 | lower as u16, count);
    page.into_iter().enumerate().filter(|(_, count)| *count > 0).map(value)
}
