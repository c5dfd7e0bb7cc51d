//! The JSON Schema of `pipeline.yaml`, made from the table of keys, for editors that complete and check while one types.

#[cfg(test)]
mod accept;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::keys::{Key, Kind, Table, top::PIPELINE};

/// The schema, draft 2020-12.
///
/// It says what can be said of shape; names, files and values are for [`crate::read`]. Where YAML reads a bare word as a
/// number or a truth value, the schema allows that too, since a pipeline's values are text as written.
pub fn json_schema() -> Value {
    let mut tables = BTreeMap::new();
    let mut root = of_table(&PIPELINE, &mut tables);
    let mut schema = Map::new();
    schema.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".into(), json!("A pipeline of Mutirão"));
    schema.append(&mut root);
    let mut defs: Map<String, Value> =
        tables.into_iter().map(|(name, table)| (name.to_owned(), Value::Object(table))).collect();
    defs.insert("values".into(), values());
    schema.insert("$defs".into(), Value::Object(defs));
    Value::Object(schema)
}

/// The schema as the kept file has it, `schemas/pipeline.schema.json`.
pub fn json_schema_text() -> String {
    format!("{:#}\n", json_schema())
}

/// Definitions of a schema by name, filled while a table is told.
pub type Tables = BTreeMap<&'static str, Map<String, Value>>;

/// The schema of a mapping, without its place among `tables`, where those inside of it are put. Sets of values are
/// [`values`], under the name `values`.
pub fn of_table(table: &'static Table, tables: &mut Tables) -> Map<String, Value> {
    let properties: Map<String, Value> =
        table.keys.iter().map(|key| (key.name.to_owned(), of_key(key, tables))).collect();
    let required: Vec<&str> = table.keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    let mut schema = Map::new();
    schema.insert("description".into(), json!(table.about));
    schema.insert("type".into(), json!("object"));
    schema.insert("properties".into(), Value::Object(properties));
    if !required.is_empty() {
        schema.insert("required".into(), json!(required));
    }
    if !table.choices.is_empty() {
        let choices: Vec<Value> = table.choices.iter().map(|choice| json!({ "required": choice })).collect();
        schema.insert("anyOf".into(), json!(choices));
    }
    schema.insert("additionalProperties".into(), json!(false));
    schema
}

fn of_key(key: &'static Key, tables: &mut Tables) -> Value {
    let mut schema = Map::new();
    let built = if key.unbuilt { " Not built yet." } else { "" };
    let default = key.default.map(|default| format!(" Default: {default}.")).unwrap_or_default();
    schema.insert("description".into(), json!(format!("{}{default}{built}", key.about)));
    if let Value::Object(kind) = of_kind(&key.kind, tables) {
        schema.extend(kind);
    }
    Value::Object(schema)
}

fn of_kind(kind: &'static Kind, tables: &mut Tables) -> Value {
    match kind {
        Kind::Text => json!({ "type": ["string", "number", "boolean"] }),
        Kind::Path | Kind::Licence => json!({ "type": "string", "minLength": 1 }),
        Kind::Date => json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
        Kind::Integer(from, to) => json!({ "type": "integer", "minimum": from, "maximum": to }),
        Kind::Above(from, to) if to.is_infinite() => json!({ "type": "number", "exclusiveMinimum": from }),
        Kind::Above(from, to) => json!({ "type": "number", "exclusiveMinimum": from, "maximum": to }),
        Kind::Between(from, to) if to.is_infinite() => json!({ "type": "number", "minimum": from }),
        Kind::Between(from, to) => json!({ "type": "number", "minimum": from, "maximum": to }),
        Kind::Number => json!({ "type": "number" }),
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Words(words) => json!({ "enum": words.iter().map(|word| word_value(word)).collect::<Vec<_>>() }),
        Kind::Values => json!({ "$ref": "#/$defs/values" }),
        Kind::Periods => one_or_many(json!({ "type": ["string", "number", "boolean"] })),
        Kind::OneOrMany(inner) => one_or_many(of_kind(inner, tables)),
        Kind::List(inner) => json!({ "type": "array", "items": of_kind(inner, tables) }),
        Kind::Pair(inner) => {
            json!({ "type": "array", "items": of_kind(inner, tables), "minItems": 2, "maxItems": 2 })
        }
        Kind::Named(_, inner) => {
            json!({ "type": "object", "additionalProperties": of_kind(inner, tables), "minProperties": 1 })
        }
        Kind::Table(table) => {
            if !tables.contains_key(table.name) {
                tables.insert(table.name, Map::new());
                let made = of_table(table, tables);
                tables.insert(table.name, made);
            }
            json!({ "$ref": format!("#/$defs/{}", table.name) })
        }
        Kind::Either(kinds) => json!({ "anyOf": kinds.iter().map(|kind| of_kind(kind, tables)).collect::<Vec<_>>() }),
        Kind::Anything => json!({}),
    }
}

/// A word as a JSON reader of YAML sees it.
fn word_value(word: &str) -> Value {
    let number = || crate::scalar::integer(word).map(Value::from);
    crate::scalar::boolean(word).map(Value::Bool).or_else(number).unwrap_or_else(|| json!(word))
}

fn one_or_many(schema: Value) -> Value {
    json!({ "anyOf": [schema, { "type": "array", "items": schema, "minItems": 1 }] })
}

/// The schema of a set of values.
pub fn values() -> Value {
    json!({
        "description": "A set of values: a number, a range (50..100, ..49, 14..), 14+ (a class and all below it), a group, \
                        any, none, a list of these, or { not: SET }.",
        "anyOf": [
            { "type": ["string", "integer"] },
            { "type": "array", "items": { "$ref": "#/$defs/values" }, "minItems": 1 },
            {
                "type": "object",
                "properties": { "not": { "$ref": "#/$defs/values" } },
                "required": ["not"],
                "additionalProperties": false
            }
        ]
    })
}
