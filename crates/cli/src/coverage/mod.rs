//! A finished coverage, as `patches` and `areas` take it: the folder of a release, or any GeoTIFF of classes.

mod raster;
mod release;
mod target;

use std::path::Path;

use mutirao_core::{
    door::{Answer, CrsFacts, CrsText, Question},
    legend::Legend,
};
use mutirao_engine::{
    finished::Finished,
    plan::{Oracle, Refused},
};

pub use raster::Rasters;
pub use release::Release;
pub use target::Target;

use crate::{command::Failure, exit::Exit, network::Tools};

/// A coverage that was opened.
pub enum Coverage {
    /// A release, with all of its periods.
    Release(Box<Release>),
    /// A GeoTIFF, of which every band is a period.
    Rasters(Box<Rasters>),
}

impl Coverage {
    /// Opens a release's folder or a raster, with a raster of sources beside the latter.
    ///
    /// # Errors
    /// Why it cannot be taken.
    pub fn open(path: &Path, provenance: Option<&Path>, tools: &Tools) -> Result<Self, Failure> {
        if !path.is_dir() {
            return Rasters::open(path, provenance, tools).map(|rasters| Coverage::Rasters(Box::new(rasters)));
        }
        if provenance.is_some() {
            let help = "leave --provenance away: it is for a raster without a release";
            return Err(Failure::usage("a release has its own provenance", help));
        }
        Release::open(path).map(|release| Coverage::Release(Box::new(release)))
    }

    /// Takes a raster of one band for that of a period; a release knows its own.
    pub fn speak_for(&mut self, period: &str) {
        if let Coverage::Rasters(rasters) = self {
            rasters.speak_for(period);
        }
    }

    /// The coverage, to be read.
    pub fn finished(&self) -> Finished<'_> {
        match self {
            Coverage::Release(release) => release.finished(),
            Coverage::Rasters(rasters) => rasters.finished(),
        }
    }

    /// The legend, if it has one.
    pub fn legend(&self) -> Option<&Legend> {
        match self {
            Coverage::Release(release) => release.legend(),
            Coverage::Rasters(_) => None,
        }
    }

    /// The value that stands for nothing in tables.
    pub fn nodata(&self) -> u16 {
        match self {
            Coverage::Release(release) => release.nodata(),
            Coverage::Rasters(rasters) => rasters.nodata(),
        }
    }

    /// What people should know of it before they take the result for more than it is.
    pub fn notes(&self) -> &[String] {
        match self {
            Coverage::Release(release) => &release.notes,
            Coverage::Rasters(rasters) => &rasters.notes,
        }
    }
}

/// What the CRS of a grid is.
///
/// # Errors
/// The door's refusal.
pub fn crs_facts(crs: CrsText, door: &impl Oracle) -> Result<CrsFacts, Failure> {
    match door.ask(Question::Crs { crs }).map_err(|refused| failure(&refused))? {
        Answer::Crs(facts) => Ok(*facts),
        _ => Err(Failure { error: "the door answered another question".to_owned(), help: None, exit: Exit::Internal }),
    }
}

/// A refusal as the failure of a command.
pub fn failure(refused: &Refused) -> Failure {
    let help = (refused.mend != "see the message").then(|| refused.mend.clone());
    Failure { error: refused.message.clone(), help, exit: Exit::Findings }
}
