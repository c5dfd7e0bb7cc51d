//! The keys of `pipeline.yaml`.

use mutirao_pipeline::{KeyFacts, TableFacts, reference};

use super::markdown::{code, table, title};

const ABOUT: &str = "Every key that `pipeline.yaml` may hold, by the mapping it stands in; **required** keys must be there. \
`schemas/pipeline.schema.json` says the same for editors. What may stand for a set of values is told in \
[Value sets](../concepts/classes.md#value-sets).";

/// The page.
pub fn page() -> String {
    let tables = reference();
    let sections = tables.iter().map(section);
    title("Keys of pipeline.yaml", ABOUT) + &sections.collect::<String>()
}

/// A mapping with its keys.
pub fn section(facts: &TableFacts) -> String {
    let rows = facts.keys.iter().map(row);
    format!("\n## {}\n\n{}\n\n{}", facts.name, facts.about, table(["key", "what may stand there", "meaning"], rows))
}

fn row(key: &KeyFacts) -> [String; 3] {
    let mut meaning = key.about.to_owned();
    if let Some(default) = key.default {
        // Some defaults are values, some are words about them.
        let default = if default.contains(' ') { default.to_owned() } else { code(default) };
        meaning += &format!(" Left out: {default}.");
    }
    if !key.built {
        meaning += " Not all of it is built: what is not, is refused by `not-built-yet`.";
    }
    let name = if key.required { format!("**{}**", code(key.name)) } else { code(key.name) };
    [name, key.wanted.clone(), meaning]
}
