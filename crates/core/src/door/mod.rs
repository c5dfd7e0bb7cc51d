//! What may be asked of `mutirao-door`, and what it answers.
//!
//! The door is a program of its own. It reads one JSON object a line, [`Request`]s, from its standard input until that ends, and
//! writes one JSON object a line, [`Line`]s, to its standard output: for each request any number of `progress` lines and at the
//! end exactly one `answer` or `refusal`. Its exit code is 0 for both; anything else is a crash. Bulk numbers go through
//! files whose paths the question names (`out`); they appear there whole or not at all.
//!
//! Axis order everywhere: x (east, longitude) first, then y (north, latitude), whatever the CRS's own order; pixels column
//! first, then row.
//!
//! ```
//! use mutirao_core::door::{CrsText, Question, Request};
//! let request = Request::new(Question::Crs { crs: CrsText::Text("EPSG:31976".into()) });
//! let json = serde_json::to_string(&request)?;
//! assert_eq!(json, r#"{"door":1,"question":{"crs":{"crs":{"text":"EPSG:31976"}}}}"#);
//! # Ok::<(), serde_json::Error>(())
//! ```

mod crs;
mod features;
mod outlines;
mod refusal;
mod translate;
mod warp;

pub use crs::{CrsFacts, CrsText, SameCrsFacts};
pub use features::{FeaturesFacts, FeaturesQuestion, FieldFacts, FieldKind, StatedCrs};
pub use outlines::{NamedFacts, NamedFeature, OutlinesFacts, OutlinesQuestion};
pub use refusal::{Refusal, RefusalCode};
pub use translate::{RasterQuestion, RasterStated, RasterTranslated, VectorQuestion, VectorTranslated};
pub use warp::{AreasFacts, AreasQuestion, ControlGridAnswer, ControlGridQuestion, TransformationFacts};

use serde::{Deserialize, Serialize};

/// The version of the questions and answers. A door answers its own version only.
pub const DOOR_VERSION: u32 = 1;

/// One question, with the version of the format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// [`DOOR_VERSION`] of who asks.
    pub door: u32,
    /// What is asked.
    pub question: Question,
}

impl Request {
    /// A question in this version.
    pub fn new(question: Question) -> Request {
        Request { door: DOOR_VERSION, question }
    }
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// What is this CRS? Answered by [`Answer::Crs`].
    Crs {
        /// The CRS.
        crs: CrsText,
    },
    /// Are these two CRSs the same by definition? Answered by [`Answer::SameCrs`].
    SameCrs {
        /// One.
        a: CrsText,
        /// The other.
        b: CrsText,
    },
    /// How large are the pixels of a projected grid in truth? Answered by [`Answer::Areas`].
    Areas(AreasQuestion),
    /// Where in a source raster does each pixel of the coverage lie? Answered by [`Answer::ControlGrid`].
    ControlGrid(ControlGridQuestion),
    /// Translate any raster into a plain GeoTIFF. Answered by [`Answer::Raster`].
    Raster(RasterQuestion),
    /// Translate any polygons into GeoParquet. Answered by [`Answer::Vector`].
    Vector(VectorQuestion),
    /// Translate the points of any vector file into GeoParquet; a multipoint of one is a point. Answered by [`Answer::Points`].
    Points(VectorQuestion),
    /// Measure the features of any vector file or table as they are. Answered by [`Answer::Features`].
    Features(FeaturesQuestion),
    /// Give the outlines of the features of any vector file, thinned for a picture. Answered by [`Answer::Outlines`].
    Outlines(OutlinesQuestion),
}

impl Question {
    /// Whether a file of somebody else's is opened to answer it: such a question is the last that a door is asked.
    pub fn opens_a_file(&self) -> bool {
        match self {
            Question::Raster(_)
            | Question::Vector(_)
            | Question::Points(_)
            | Question::Features(_)
            | Question::Outlines(_) => true,
            Question::Crs { .. } | Question::SameCrs { .. } | Question::Areas(_) | Question::ControlGrid(_) => false,
        }
    }
}

/// What is answered; the variant is that of the question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// To [`Question::Crs`].
    Crs(Box<CrsFacts>),
    /// To [`Question::SameCrs`].
    SameCrs(SameCrsFacts),
    /// To [`Question::Areas`].
    Areas(AreasFacts),
    /// To [`Question::ControlGrid`].
    ControlGrid(ControlGridAnswer),
    /// To [`Question::Raster`].
    Raster(RasterTranslated),
    /// To [`Question::Vector`].
    Vector(VectorTranslated),
    /// To [`Question::Points`].
    Points(VectorTranslated),
    /// To [`Question::Features`].
    Features(FeaturesFacts),
    /// To [`Question::Outlines`].
    Outlines(OutlinesFacts),
}

/// One line of the door's standard output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// Work goes on.
    Progress(Progress),
    /// The last line: the answer.
    Answer(Answer),
    /// The last line: the question cannot be answered, and why.
    Refusal(Refusal),
}

/// How far the work is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Share done, 0 to 1.
    pub done: f64,
    /// What is being done, such as `reading`.
    pub what: String,
}
