//! The table of keys as plain facts, for the book.

use crate::keys::{Kind, Table, top::PIPELINE};

/// A mapping of the pipeline with its keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableFacts {
    /// Its name, as in the JSON Schema's definitions; `pipeline` is the whole.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// Its keys, in order.
    pub keys: Vec<KeyFacts>,
}

/// A key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFacts {
    /// The key.
    pub name: &'static str,
    /// What may stand there, in words.
    pub wanted: String,
    /// Whether it must be there.
    pub required: bool,
    /// What holds where it is left out.
    pub default: Option<&'static str>,
    /// What it means.
    pub about: &'static str,
    /// Whether all of it is built.
    pub built: bool,
}

/// All mappings, the pipeline first, each before those inside of it, and each once.
pub fn reference() -> Vec<TableFacts> {
    reference_of(&PIPELINE)
}

/// A mapping and those inside of it, each once.
pub fn reference_of(table: &'static Table) -> Vec<TableFacts> {
    let mut tables: Vec<&'static Table> = vec![table];
    let mut next = 0;
    while let Some(table) = tables.get(next) {
        table.keys.iter().for_each(|key| inside(&key.kind, &mut tables));
        next += 1;
    }
    tables.into_iter().map(facts).collect()
}

fn inside(kind: &'static Kind, tables: &mut Vec<&'static Table>) {
    match kind {
        Kind::Table(table) if tables.iter().all(|known| known.name != table.name) => tables.push(table),
        Kind::OneOrMany(inner) | Kind::List(inner) | Kind::Pair(inner) | Kind::Named(_, inner) => inside(inner, tables),
        Kind::Either(kinds) => kinds.iter().for_each(|kind| inside(kind, tables)),
        _ => {}
    }
}

fn facts(table: &'static Table) -> TableFacts {
    let keys = table.keys.iter().map(|key| KeyFacts {
        name: key.name,
        wanted: key.kind.wanted(),
        required: key.required,
        default: key.default,
        about: key.about,
        built: !key.unbuilt,
    });
    TableFacts { name: table.name, about: table.about, keys: keys.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mapping_and_key_is_described_once() {
        let tables = reference();
        let names: Vec<&str> = tables.iter().map(|table| table.name).collect();
        for name in ["pipeline", "grid", "layer", "member", "rule", "exception", "territory", "outputs", "compression"]
        {
            assert_eq!(names.iter().filter(|known| **known == name).count(), 1, "{name} of {names:?}");
        }
        for key in tables.iter().flat_map(|table| &table.keys) {
            assert!(key.about.ends_with('.') && !key.wanted.is_empty(), "{key:?}");
        }
    }
}
