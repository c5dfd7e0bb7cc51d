//! What may stand in a pipeline: one table of keys, from which the walker, the JSON Schema and the book are made.

pub(crate) mod coverage;
pub(crate) mod layers;
pub(crate) mod outputs;
pub(crate) mod top;

/// A mapping with a fixed set of keys.
#[derive(Debug)]
pub struct Table {
    /// Its name in the schema and in messages.
    pub name: &'static str,
    /// One line on what it is.
    pub about: &'static str,
    /// What may stand in it.
    pub keys: &'static [Key],
    /// If not empty: the keys of exactly one of these must be there.
    pub choices: &'static [&'static [&'static str]],
}

/// A key of a [`Table`].
#[derive(Debug)]
pub struct Key {
    /// The key.
    pub name: &'static str,
    /// What may stand there.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
    /// What holds where the key is left out, in the pipeline's own words.
    pub default: Option<&'static str>,
    /// One line on what it means.
    pub about: &'static str,
    /// Whether this program does nothing with it yet: it must be an empty list.
    pub unbuilt: bool,
}

/// What a value may be.
#[derive(Debug)]
pub enum Kind {
    /// Text as written.
    Text,
    /// A path relative to the pipeline's folder, with `{period}`, `{version}` and globs where said.
    Path,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// An SPDX expression.
    Licence,
    /// A whole number between two, inclusive.
    Integer(i64, i64),
    /// A number between two, inclusive; the lower bound is not allowed itself.
    Above(f64, f64),
    /// A number between two, both inclusive.
    Between(f64, f64),
    /// Any finite number.
    Number,
    /// `true` or `false`.
    Bool,
    /// One of these words.
    Words(&'static [&'static str]),
    /// A set of values, as rules write it.
    Values,
    /// A label of a period, a range of labels, or a list of both.
    Periods,
    /// One or a list of at least one.
    OneOrMany(&'static Kind),
    /// A list of any length.
    List(&'static Kind),
    /// A list of exactly two.
    Pair(&'static Kind),
    /// A mapping whose keys are names chosen by whoever writes it; the first text says what they name.
    Named(&'static str, &'static Kind),
    /// A mapping with known keys.
    Table(&'static Table),
    /// The first that fits.
    Either(&'static [Kind]),
    /// Anything, nothing too: for parts that are not built yet, or not ours.
    Anything,
}

impl Key {
    /// A key that may be left out and has no default.
    pub const fn new(name: &'static str, kind: Kind, about: &'static str) -> Key {
        Key { name, kind, required: false, default: None, about, unbuilt: false }
    }

    /// It must be there.
    pub const fn required(mut self) -> Key {
        self.required = true;
        self
    }

    /// What holds where it is left out.
    pub const fn or(mut self, default: &'static str) -> Key {
        self.default = Some(default);
        self
    }

    /// Nothing is done with it yet.
    pub const fn unbuilt(mut self) -> Key {
        self.unbuilt = true;
        self
    }
}

impl Table {
    /// The key of a name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The names of all keys.
    pub fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|key| key.name).collect()
    }
}

impl Kind {
    /// What is wanted, in words for messages.
    pub fn wanted(&self) -> String {
        match self {
            Kind::Text => "a text".to_owned(),
            Kind::Path => "a path".to_owned(),
            Kind::Date => "a day such as 2020-12-31".to_owned(),
            Kind::Licence => "an SPDX licence id such as CC-BY-4.0".to_owned(),
            Kind::Integer(from, to) => format!("a whole number from {from} to {to}"),
            Kind::Above(_, to) if to.is_infinite() => "a number above 0".to_owned(),
            Kind::Above(from, to) => format!("a number above {from}, at most {to}"),
            Kind::Between(from, to) if to.is_infinite() => format!("a number from {from}"),
            Kind::Between(from, to) => format!("a number from {from} to {to}"),
            Kind::Number => "a number".to_owned(),
            Kind::Bool => "true or false".to_owned(),
            Kind::Words(words) => words.join(" or "),
            Kind::Values => "a set of values, such as 3, [3, 4], 10..20, 14+, any, none or { not: 3 }".to_owned(),
            Kind::Periods => "a period, a range such as 2016..2020, or a list of them".to_owned(),
            Kind::OneOrMany(kind) => format!("{} or a list", kind.wanted()),
            Kind::List(kind) => format!("a list, each entry {}", kind.wanted()),
            Kind::Pair(kind) => format!("a list of two, each {}", kind.wanted()),
            Kind::Named(what, _) => format!("a mapping by {what}"),
            Kind::Table(table) => format!("a mapping with {}", crate::suggest::listed(&table.names())),
            Kind::Either(kinds) => kinds.iter().map(Kind::wanted).collect::<Vec<_>>().join(", or "),
            Kind::Anything => "anything".to_owned(),
        }
    }
}
