//! Writing contracts: a document as YAML that every reader takes the same way.

use std::fmt::Write as _;

use serde_json::Value;

use crate::Contract;

/// The version of ODCS that is written.
const VERSION: &str = "v3.1.0";

impl Contract {
    /// The contract as YAML of ODCS 3.1.0: everything that stood in it, what is not ours too, in its order; comments are lost.
    pub fn to_yaml(&self) -> String {
        let mut document = self.document.clone();
        renew(&mut document);
        if let Some(map) = document.as_object_mut() {
            map.insert("apiVersion".to_owned(), VERSION.into());
        }
        to_yaml(&document)
    }
}

/// What 3.0 names otherwise: `rule` of a library metric is `metric` since 3.1.
fn renew(value: &mut Value) {
    if let Value::Object(map) = value {
        if map.contains_key("rule") && !map.contains_key("metric") && map.get("type").is_none_or(|of| of == "library") {
            let renamed = std::mem::take(map).into_iter().map(|(key, value)| match key.as_str() {
                "rule" => {
                    ("metric".to_owned(), if value == "duplicateCount" { "duplicateValues".into() } else { value })
                }
                _ => (key, value),
            });
            *map = renamed.collect();
        }
        map.iter_mut()
            .filter(|(key, _)| matches!(key.as_str(), "schema" | "properties" | "quality"))
            .for_each(|(_, value)| renew(value));
    } else if let Value::Array(items) = value {
        items.iter_mut().for_each(renew);
    }
}

/// A document as YAML. Texts that a reader might take for something else are in quotes.
pub fn to_yaml(document: &Value) -> String {
    let mut text = String::new();
    match document {
        Value::Object(map) if !map.is_empty() => mapping(&mut text, document, 0),
        Value::Array(items) if !items.is_empty() => sequence(&mut text, items, 0),
        other => {
            let _ = writeln!(text, "{}", scalar(other));
        }
    }
    text
}

fn mapping(text: &mut String, map: &Value, depth: usize) {
    for (at, (key, value)) in map.as_object().into_iter().flatten().enumerate() {
        if at > 0 {
            text.push_str(&"  ".repeat(depth));
        }
        let _ = write!(text, "{}:", word(key));
        below(text, value, depth);
    }
}

/// What stands behind a key.
fn below(text: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            let _ = write!(text, "\n{}", "  ".repeat(depth + 1));
            mapping(text, value, depth + 1);
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            let _ = write!(text, "\n{}", "  ".repeat(depth + 1));
            sequence(text, items, depth + 1);
        }
        Value::Array(items) => {
            let words: Vec<String> = items.iter().map(scalar).collect();
            let _ = writeln!(text, " [{}]", words.join(", "));
        }
        other => {
            let _ = writeln!(text, " {}", scalar(other));
        }
    }
}

fn sequence(text: &mut String, items: &[Value], depth: usize) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            text.push_str(&"  ".repeat(depth));
        }
        text.push_str("- ");
        match item {
            Value::Object(map) if !map.is_empty() => mapping(text, item, depth + 1),
            Value::Array(inner) if !inner.is_empty() => sequence(text, inner, depth + 1),
            other => {
                let _ = writeln!(text, "{}", scalar(other));
            }
        }
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => word(text),
        // JSON is YAML.
        other => other.to_string(),
    }
}

/// A text, in quotes unless it is plainly a word: letters first, and nothing that YAML 1.1 or 1.2 takes for more than a text.
fn word(text: &str) -> String {
    let special = ["true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", "inf"];
    let plain = text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ' '))
        && !text.ends_with(' ')
        && !special.contains(&text.to_ascii_lowercase().as_str());
    match plain {
        true => text.to_owned(),
        // A string of JSON is one of YAML too.
        false => Value::String(text.to_owned()).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use mutirao_pipeline::text::{Sink, load};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Value {
        let mut sink = Sink::new("x.yaml");
        let node = load(text, &mut sink);
        assert_eq!(sink.findings, [], "{text}");
        node.expect("a tree").to_json()
    }

    #[test]
    fn what_is_written_is_for_people() {
        let document = json!({
            "id": "mining", "version": "2.0", "empty": [], "none": null,
            "list": [1, "b c", "no"],
            "deep": [{ "a": 1, "b": { "c": ["2026-01-01", { "d": true }] } }, [[1], {}]],
        });
        let text = to_yaml(&document);
        let expected = "id: mining\nversion: \"2.0\"\nempty: []\nnone: null\nlist: [1, b c, \"no\"]\ndeep:\n  - a: 1\n    b:\n      \
                        c:\n        - \"2026-01-01\"\n        - d: true\n  - - - 1\n    - {}\n";
        assert_eq!(text, expected);
        assert_eq!(read(&text), document);
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[ -~é\n\t]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z<~:# 0-9]{0,6}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_back(document in value()) {
            prop_assert_eq!(read(&to_yaml(&document)), document);
        }
    }
}
