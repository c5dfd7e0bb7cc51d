//! Why a question is not answered.

use serde::{Deserialize, Serialize};

/// A question that the door does not answer: what is wrong and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct Refusal {
    /// The kind of refusal, stable.
    pub code: RefusalCode,
    /// What is wrong and where, with what GDAL said if it said anything.
    pub message: String,
    /// What the maintainer can do.
    pub mend: String,
}

impl Refusal {
    /// A refusal.
    pub fn new(code: RefusalCode, message: impl Into<String>, mend: impl Into<String>) -> Refusal {
        Refusal { code, message: message.into(), mend: mend.into() }
    }
}

/// The kinds of refusals; kebab-case in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalCode {
    /// The door speaks another version of the format.
    DoorVersion,
    /// The request is not valid JSON, or no such question.
    QuestionMalformed,
    /// A bug of the door.
    DoorPanicked,
    /// The text or the GeoKeys are no CRS.
    CrsNotUnderstood,
    /// A CRS that is neither geographic nor projected (or cannot be used on a plane).
    CrsUnsupported,
    /// The file states no CRS and the question gives none.
    CrsMissing,
    /// The question needs a projected CRS.
    CrsNotProjected,
    /// The grid, window, transform or bound of the question is not usable.
    GridInvalid,
    /// There is only a ballpark transformation between the two CRSs.
    BallparkTransformation,
    /// There is no transformation between the two CRSs at all.
    NoTransformation,
    /// The result cannot be written.
    WriteFailed,
    /// No such file.
    FileMissing,
    /// A name that would make GDAL go to the network or to another place than a local file.
    NotALocalFile,
    /// GDAL cannot open the file.
    NotReadable,
    /// Reading pixels or features failed half way: truncated or corrupt.
    Corrupt,
    /// The file holds no raster band.
    NoBands,
    /// Complex numbers.
    Complex,
    /// A lossy compression that changes class codes.
    Lossy,
    /// Values with fractions or not numbers, where classes are expected.
    NotWholeNumbers,
    /// Whole numbers that fit neither uint8, uint16 nor int16.
    ValuesOutOfRange,
    /// All values of the type are taken, none is free for nodata.
    NoFreeNodata,
    /// A mask for each band, which a plain GeoTIFF cannot carry.
    MaskPerBand,
    /// Several layers, and the question names none.
    LayerNotNamed,
    /// No layer of that name.
    LayerUnknown,
    /// Points or lines where polygons are expected.
    NotPolygons,
    /// Polygons, lines or several points at once where single points are expected.
    NotPoints,
    /// A vertex that has no place in the target CRS, or no finite coordinates.
    VertexUntransformable,
}
