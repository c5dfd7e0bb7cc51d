//! Outlines on their way into the file, bounded in number.

use std::collections::HashSet;

use mutirao_core::door::{NamedFacts, NamedFeature, OutlinesFacts, OutlinesQuestion, Refusal, RefusalCode};
use mutirao_core::outline::{Outline, OutlineKind};
use mutirao_parquet::OutlineWriter;

use super::parts::Part;
use super::sieve::{Sieve, bounds, distance, union};
use crate::staged::Staged;

/// The place's surroundings reach to this of its nearest vertices.
const NEAREST: usize = 16;

/// Collects the outlines of features one after the other.
pub struct Collector<'a> {
    question: &'a OutlinesQuestion,
    staged: Staged,
    writer: OutlineWriter,
    sieve: Sieve,
    /// Squares in which something stands that shrank to one vertex.
    dotted: HashSet<(OutlineKind, [i64; 2])>,
    vertices: u64,
    /// How many features were read so far.
    pub read: u64,
    /// A buffer for who reads geometries.
    pub wkb: Vec<u8>,
    features: u64,
    drawn: u64,
    named: Vec<NamedFacts>,
}

impl<'a> Collector<'a> {
    /// Begins the file.
    pub fn begin(question: &'a OutlinesQuestion) -> Result<Collector<'a>, Refusal> {
        let numbers = question.window.iter().flatten().chain([&question.tolerance]);
        if !numbers.into_iter().all(|number| number.is_finite()) || question.tolerance < 0.0 {
            let message = "a window and a tolerance of outlines are finite numbers, a tolerance not below 0";
            return Err(Refusal::new(RefusalCode::GridInvalid, message, "ask with numbers"));
        }
        let staged = Staged::beside(&question.out)?;
        let writer = OutlineWriter::create(staged.path()).map_err(|e| staged.failed(e))?;
        Ok(Collector {
            question,
            staged,
            writer,
            sieve: Sieve { window: question.window, tolerance: question.tolerance },
            dotted: HashSet::new(),
            vertices: 0,
            read: 0,
            wkb: Vec::new(),
            features: 0,
            drawn: 0,
            named: vec![NamedFacts::default(); question.named.len()],
        })
    }

    /// Adds the next feature.
    pub fn add(&mut self, parts: Vec<Part>) -> Result<(), Refusal> {
        self.read += 1;
        let is_named = self.tell_of(&parts);
        let parts: Vec<Part> = parts.into_iter().filter(|(_, vertices)| self.sieve.touches(vertices)).collect();
        if parts.is_empty() {
            return Ok(());
        }
        self.features += 1;
        if !is_named && self.vertices >= self.question.most {
            return Ok(());
        }
        self.drawn += 1;
        for (kind, vertices) in parts {
            let vertices = self.sieve.sift(&vertices);
            if is_named || self.is_new(kind, &vertices) {
                self.vertices += vertices.len() as u64;
                let outline = Outline { feature: self.read, kind, vertices };
                self.writer.push(&outline).map_err(|e| self.staged.failed(e))?;
            }
        }
        Ok(())
    }

    /// Notes what is asked of a feature that is named; whether it is.
    fn tell_of(&mut self, parts: &[Part]) -> bool {
        let mut is_named = false;
        for (asked, facts) in self.question.named.iter().zip(&mut self.named) {
            if asked.feature == self.read {
                (is_named, *facts) = (true, facts_of(asked, parts));
            }
        }
        is_named
    }

    /// Whether it shows where others stand already.
    fn is_new(&mut self, kind: OutlineKind, vertices: &[[f64; 2]]) -> bool {
        match vertices {
            [only] if self.sieve.tolerance > 0.0 => {
                let square = only.map(|number| (number / self.sieve.tolerance).floor() as i64);
                self.dotted.insert((kind, square))
            }
            _ => true,
        }
    }

    /// Writes what is left, and tells of it.
    pub fn finish(self, layer: String) -> Result<OutlinesFacts, Refusal> {
        self.writer.finish().map_err(|e| self.staged.failed(e))?;
        self.staged.commit()?;
        Ok(OutlinesFacts { layer, features: self.features, drawn: self.drawn, named: self.named })
    }
}

fn facts_of(asked: &NamedFeature, parts: &[Part]) -> NamedFacts {
    let bounds = parts.iter().filter_map(|(_, vertices)| bounds(vertices)).reduce(union);
    let mut away: Vec<f64> =
        parts.iter().flat_map(|(_, vertices)| vertices).map(|vertex| distance(*vertex, asked.at)).collect();
    let at = away.len().min(NEAREST).checked_sub(1);
    let reach = at.map(|at| *away.select_nth_unstable_by(at, f64::total_cmp).1);
    NamedFacts { bounds, reach: reach.filter(|reach| reach.is_finite()) }
}
