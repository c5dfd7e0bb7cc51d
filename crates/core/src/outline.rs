//! Points, lines and rings of features as a picture needs them: without what is smaller than a pixel.

/// A part of a feature: a point, a line, or a ring of a polygon.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    /// The feature's number in the file, from 1.
    pub feature: u64,
    /// What it is.
    pub kind: OutlineKind,
    /// Its vertices, `[x, y]` in the layer's CRS, all of them finite. One vertex alone is a point, or what shrank to one.
    pub vertices: Vec<[f64; 2]>,
}

/// Kinds of outlines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutlineKind {
    /// A point.
    Point,
    /// A line.
    Line,
    /// A ring of a polygon, outer or inner; closed as it is written.
    Ring,
}

impl OutlineKind {
    const ALL: [(OutlineKind, &'static str); 3] =
        [(OutlineKind::Point, "point"), (OutlineKind::Line, "line"), (OutlineKind::Ring, "ring")];

    /// Its word.
    pub fn word(self) -> &'static str {
        OutlineKind::ALL.iter().find(|(kind, _)| *kind == self).map_or("line", |(_, word)| word)
    }

    /// The kind of a word; another word is none.
    pub fn of_word(word: &str) -> Option<OutlineKind> {
        OutlineKind::ALL.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_word() {
        for (kind, word) in OutlineKind::ALL {
            assert_eq!((kind.word(), OutlineKind::of_word(word)), (word, Some(kind)));
        }
        assert_eq!(OutlineKind::of_word("Ring"), None);
    }
}
