//! Outlines of features, for pictures.

use std::path::Path;

use mutirao_core::{
    door::{Answer, OutlinesFacts, OutlinesQuestion, Question},
    outline::Outline,
};
use mutirao_engine::plan::{Oracle, Refused};
use mutirao_parquet::read_outlines;

use super::{Files, refused};

impl Files<'_> {
    /// The outlines of a layer that a question asks for; where they are kept meanwhile is decided here.
    ///
    /// # Errors
    /// Why they cannot be read, in words, and how to mend it.
    pub fn outlines(&self, question: OutlinesQuestion) -> Result<(OutlinesFacts, Vec<Outline>), Refused> {
        let (path, out) = (question.path.clone(), self.door.scratch("outlines.parquet"));
        let facts = match self.door.ask(Question::Outlines(OutlinesQuestion { out: out.clone(), ..question }))? {
            Answer::Outlines(facts) => facts,
            _ => return Err(refused("door-failed", &path, "the door answered another question")),
        };
        let outlines = read_outlines(&out).map_err(|error| unreadable(&path, &error))?;
        Ok((facts, outlines))
    }
}

fn unreadable(path: &Path, error: &mutirao_parquet::Error) -> Refused {
    refused("unreadable", path, &error.to_string())
}
