//! The machinery for text that people write, for rooms that read other files of a network: a spanned YAML tree, tables of keys
//! with their walker, schema and reference, findings with a place, CSV, strict scalars, and "did you mean".

pub use crate::build::{
    files::{Unreadable, missing_file, read_text, read_utf8},
    sets::read_values_at,
};
pub use crate::csvfile::{Csv, Field, read_csv};
pub use crate::keys::{Key, Kind, Table};
pub use crate::reference::reference_of;
pub use crate::scalar::{boolean, integer, is_date, is_file_name, is_licence, is_name, number};
pub use crate::schema::{Tables, of_table, values};
pub use crate::sink::{Scope, Sink};
pub use crate::suggest::{closest, did_you_mean, listed, mend_name};
pub use crate::walk::walk_part;
pub use crate::yaml::{Entry, Node, Spot, Value, load};
