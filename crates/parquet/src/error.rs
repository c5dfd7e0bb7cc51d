//! What can go wrong with a file, and where.

use std::path::{Path, PathBuf};

use arrow_schema::ArrowError;
use parquet::errors::ParquetError;

use crate::wkb::WkbError;

/// The result of reading or writing a table.
pub type Result<T> = std::result::Result<T, Error>;

/// A file that could not be read or written, and why.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {what}")]
pub struct Error {
    /// The file, as the caller named it.
    pub path: PathBuf,
    /// What is wrong with it.
    pub what: Problem,
}

impl Error {
    /// What the system said, if it was the system that refused.
    pub fn system(&self) -> Option<&std::io::Error> {
        match &self.what {
            Problem::Io(error) => Some(error),
            Problem::Parquet(error) => {
                let causes =
                    std::iter::successors(Some(error as &(dyn std::error::Error + 'static)), |error| (*error).source());
                causes.filter_map(|error| error.downcast_ref()).next()
            }
            _ => None,
        }
    }

    /// Says which file a problem is of.
    pub(crate) fn at(path: &Path) -> impl Fn(Problem) -> Error {
        move |what| Error { path: path.to_path_buf(), what }
    }
}

/// What is wrong with a file. Rows count from 0, through all row groups.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The system could not open, read or write the file.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The Parquet library refuses the file, or could not write it.
    #[error(transparent)]
    Parquet(#[from] ParquetError),
    /// A column cannot be decoded or shown as text.
    #[error(transparent)]
    Arrow(#[from] ArrowError),
    /// The Parquet library panicked on the file: damage that it does not foresee.
    #[error("the file is damaged: the Parquet reader broke off with \"{message}\"")]
    Panicked {
        /// The words of the panic.
        message: String,
    },
    /// The footer is not what Parquet prescribes.
    #[error("the footer is damaged: {0}")]
    Footer(#[from] FooterError),
    /// More rows are declared than a file of this size can sensibly hold.
    #[error("{rows} rows are declared in a file of {bytes} bytes")]
    AbsurdRows {
        /// Rows declared.
        rows: i64,
        /// Size of the file.
        bytes: u64,
    },
    /// Decoded, the file would be larger than one of this size can sensibly be.
    #[error("{decoded} bytes would be decoded from a file of {bytes} bytes")]
    AbsurdSize {
        /// Bytes after decoding, declared or already met.
        decoded: u64,
        /// Size of the file.
        bytes: u64,
    },
    /// A column chunk lies outside the file, or has a negative size.
    #[error("column {column} of row group {row_group} lies outside the file")]
    ChunkOutside {
        /// Row group, from 0.
        row_group: usize,
        /// Dotted name of the column.
        column: String,
    },
    /// A column that the table must have is not there.
    #[error("there is no column {column}; there are: {present}")]
    NoColumn {
        /// The column that is missed.
        column: String,
        /// The columns of the file, separated by commas.
        present: String,
    },
    /// A column is not of the type that the table prescribes.
    #[error("column {column} holds {found}, not {expected}")]
    ColumnType {
        /// The column.
        column: String,
        /// The type expected.
        expected: String,
        /// The type found.
        found: String,
    },
    /// Two columns bear one name.
    #[error("there are two columns {column}")]
    DuplicateColumn {
        /// The name.
        column: String,
    },
    /// A value is missing where the table prescribes one.
    #[error("row {row}: column {column} is null")]
    Null {
        /// The row.
        row: u64,
        /// The column.
        column: String,
    },
    /// A geometry cannot be read or written.
    #[error("row {row}: {what}")]
    Geometry {
        /// The row: of the file on reading, of the caller's list on writing.
        row: u64,
        /// What is wrong with it.
        what: WkbError,
    },
    /// A feature has another number of attributes than the table has fields.
    #[error("row {row}: {found} attributes for {expected} fields")]
    AttributeCount {
        /// The row.
        row: u64,
        /// How many fields the table has.
        expected: usize,
        /// How many attributes the feature has.
        found: usize,
    },
    /// The GeoParquet metadata are missing, damaged, or of a kind that is not read.
    #[error(transparent)]
    Geo(#[from] GeoError),
    /// Something was pushed to a writer, or read from a reader, that had failed before.
    #[error("nothing more can be done with this file after the failure before")]
    Poisoned,
}

/// What is wrong with the `geo` metadata of a GeoParquet file.
#[derive(Debug, thiserror::Error)]
pub enum GeoError {
    /// The file is plain Parquet.
    #[error("this is no GeoParquet: the metadata have no key \"geo\"")]
    Missing,
    /// The metadata are not JSON.
    #[error("the \"geo\" metadata are not JSON: {0}")]
    Json(#[source] serde_json::Error),
    /// A key is missing or holds something of another type.
    #[error("the \"geo\" metadata need \"{key}\": {expected}")]
    Key {
        /// The key.
        key: &'static str,
        /// What it should hold.
        expected: &'static str,
    },
    /// A version that is not known.
    #[error("GeoParquet version \"{found}\" is not known; known are 0.4, 1.x and 2.0")]
    Version {
        /// The version found.
        found: String,
    },
    /// The primary column is not described, or not in the file.
    #[error("the primary column \"{column}\" is not in \"columns\" of the \"geo\" metadata")]
    PrimaryNotDescribed {
        /// The primary column.
        column: String,
    },
    /// Geometries in another encoding than WKB.
    #[error("geometries are encoded as \"{found}\"; only WKB is read: write the file anew with encoding WKB")]
    Encoding {
        /// The encoding found.
        found: String,
    },
    /// Edges that are not straight in the plane of the coordinates.
    #[error("edges are \"{found}\"; only planar edges are read: densify them and write the file anew")]
    Edges {
        /// What edges are declared to be.
        found: String,
    },
    /// The column's own type names a CRS that the metadata leave out, so that their default would be wrong.
    #[error("the column's type names the CRS \"{found}\", the \"geo\" metadata none: write \"crs\" into them")]
    CrsOnlyInSchema {
        /// The CRS of the column's type.
        found: String,
    },
}

/// What is wrong with the footer of a Parquet file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FooterError {
    /// The file is too short to be Parquet.
    #[error("{bytes} bytes are too few for a Parquet file")]
    TooShort {
        /// Size of the file.
        bytes: u64,
    },
    /// The footer is said to be longer than the file.
    #[error("it is said to have {footer} bytes, the file has {bytes}")]
    Length {
        /// Length of the footer as declared.
        footer: u64,
        /// Size of the file.
        bytes: u64,
    },
    /// It ends within a value.
    #[error("it ends within a value")]
    Truncated,
    /// A number is longer than 64 bits.
    #[error("a number has more than 64 bits")]
    LongNumber,
    /// A value of a type that the encoding does not know.
    #[error("there is no type {0}")]
    UnknownType(u8),
    /// A list is said to have more items than there are bytes left.
    #[error("a list of {count} items in {remaining} bytes")]
    AbsurdCount {
        /// Items declared.
        count: u64,
        /// Bytes left.
        remaining: usize,
    },
    /// Values nested deeper than any sensible file.
    #[error("values are nested more than {0} deep")]
    TooDeep(usize),
    /// A column group with a number of children that cannot be.
    #[error("a column group of {children} children in a schema of {elements} elements")]
    Children {
        /// Children declared.
        children: i64,
        /// Elements in the schema.
        elements: usize,
    },
}
