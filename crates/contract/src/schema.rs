//! The JSON Schema of our parts of a contract, and the table of keys as plain facts, for editors and for the book.

use mutirao_pipeline::{
    TableFacts,
    text::{Table, Tables, of_table, reference_of, values},
};
use serde_json::{Map, Value, json};

use crate::{
    checks::CHECKS,
    keys::{CONTRACT, TERMS},
};

/// The schema, draft 2020-12, to be held against a contract besides ODCS's own: what is not ours is let pass.
pub fn json_schema() -> Value {
    let mut tables = Tables::new();
    let checks: Vec<Value> = CHECKS.iter().map(|spec| definition(spec.table, &mut tables)).collect();
    let of_term = |property: &str, tables: &mut Tables| {
        let mut whole = of_table(&TERMS, tables);
        whole["properties"][property].take()
    };
    let terms: Vec<Value> = TERMS
        .keys
        .iter()
        .map(|key| {
            let is_this = json!({ "properties": { "property": { "const": key.name } }, "required": ["property"] });
            json!({ "if": is_this, "then": { "properties": { "value": of_term(key.name, &mut tables) } } })
        })
        .collect();
    let mut definitions: Map<String, Value> =
        tables.into_iter().map(|(name, table)| (name.to_owned(), Value::Object(table))).collect();
    definitions.insert("values".into(), values());
    definitions.insert("check".into(), json!({ "type": "object", "required": ["check"], "anyOf": checks }));
    definitions.insert("terms".into(), json!({ "type": "array", "items": { "allOf": terms } }));
    definitions.insert("quality".into(), quality());
    definitions.insert("sla".into(), sla());
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The parts of an ODCS contract that are Mutirão's",
        "description": CONTRACT.about,
        "type": "object",
        "properties": {
            "schema": { "type": "array", "items": object() },
            "customProperties": { "$ref": "#/$defs/terms" },
            "slaProperties": { "$ref": "#/$defs/sla" },
        },
        "$defs": definitions,
    })
}

/// The schema as the kept file has it, `schemas/contract.schema.json`.
pub fn json_schema_text() -> String {
    format!("{:#}\n", json_schema())
}

/// Our terms, then every check, each before the mappings inside of it.
pub fn reference() -> Vec<TableFacts> {
    let tables = std::iter::once(&TERMS).chain(CHECKS.iter().map(|spec| spec.table));
    let mut facts: Vec<TableFacts> = Vec::new();
    for table in tables.flat_map(reference_of) {
        if facts.iter().all(|known| known.name != table.name) {
            facts.push(table);
        }
    }
    facts
}

fn definition(table: &'static Table, tables: &mut Tables) -> Value {
    let made = of_table(table, tables);
    tables.insert(table.name, made);
    json!({ "$ref": format!("#/$defs/{}", table.name) })
}

fn object() -> Value {
    let property = json!({ "type": "object", "properties": { "quality": { "$ref": "#/$defs/quality" } } });
    json!({
        "type": "object",
        "properties": {
            "quality": { "$ref": "#/$defs/quality" },
            "customProperties": { "$ref": "#/$defs/terms" },
            "properties": { "type": "array", "items": property },
        },
    })
}

fn quality() -> Value {
    let ours = json!({
        "properties": { "type": { "const": "custom" }, "engine": { "const": "mutirao" } },
        "required": ["type", "engine"],
    });
    let then = json!({
        "properties": {
            "implementation": { "$ref": "#/$defs/check" },
            "severity": { "enum": ["error", "warning", "info"] },
        },
        "required": ["implementation"],
    });
    json!({ "type": "array", "items": { "if": ours, "then": then } })
}

fn sla() -> Value {
    let units = json!({ "enum": crate::timeline::UNITS });
    let counted = |names: &[&str], least: Option<i64>| {
        let value = match least {
            Some(least) => json!({ "type": "integer", "minimum": least }),
            None => json!({ "type": ["string", "integer"] }),
        };
        let mut then = json!({ "properties": { "value": value, "unit": units } });
        if least.is_some() {
            then["required"] = json!(["unit"]);
        }
        let is_this = json!({ "properties": { "property": { "enum": names } }, "required": ["property"] });
        json!({ "if": is_this, "then": then })
    };
    let spans = counted(&["grace", "window", "frequency", "latency", "retention"], Some(0));
    json!({ "type": "array", "items": { "allOf": [counted(&["dueDate"], None), spans] } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_of_the_schema_leads_somewhere() {
        let schema = json_schema();
        let mut open = vec![&schema];
        let mut seen = 0;
        while let Some(value) = open.pop() {
            match value {
                Value::Object(map) => {
                    if let Some(Value::String(target)) = map.get("$ref") {
                        assert!(schema.pointer(target.trim_start_matches('#')).is_some(), "{target}");
                        seen += 1;
                    }
                    open.extend(map.values());
                }
                Value::Array(items) => open.extend(items),
                _ => {}
            }
        }
        assert!(seen > CHECKS.len());
    }

    #[test]
    fn every_mapping_stands_once_in_the_reference() {
        let facts = reference();
        assert_eq!(facts[0].name, "terms");
        let mut names: Vec<&str> = facts.iter().map(|table| table.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), facts.len());
    }
}
