//! The schema accepts what the reader accepts, by a small validator for the words that the schema uses.

use std::path::Path;

use serde_json::{Map, Value};

use crate::{sink::Sink, yaml};

fn has_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        _ => panic!("unknown type {name}"),
    }
}

/// The first reason why a value is refused. Words that this does not know are a panic, not a pass.
fn refusal(value: &Value, schema: &Value, root: &Value, at: &str) -> Option<String> {
    let no = |why: &str| Some(format!("{at}: {why}: {value}"));
    let length = value.as_array().map_or(value.as_object().map_or(0, Map::len), Vec::len) as f64;
    let number = value.as_f64();
    for (word, wanted) in schema.as_object().expect("a schema is a mapping") {
        let bound = wanted.as_f64().unwrap_or_default();
        let fits = match word.as_str() {
            "$schema" | "title" | "description" | "$defs" | "pattern" => true,
            "type" => match wanted {
                Value::String(name) => has_type(value, name),
                names => names.as_array().unwrap().iter().any(|name| has_type(value, name.as_str().unwrap())),
            },
            "enum" => wanted.as_array().unwrap().contains(value),
            "minimum" => number.is_none_or(|number| number >= bound),
            "maximum" => number.is_none_or(|number| number <= bound),
            "exclusiveMinimum" => number.is_none_or(|number| number > bound),
            "minItems" => !value.is_array() || length >= bound,
            "maxItems" => !value.is_array() || length <= bound,
            "minProperties" => !value.is_object() || length >= bound,
            "minLength" => value.as_str() != Some(""),
            "required" => wanted.as_array().unwrap().iter().all(|key| value.get(key.as_str().unwrap()).is_some()),
            "anyOf" => {
                let choices = wanted.as_array().unwrap();
                choices.iter().any(|choice| refusal(value, choice, root, at).is_none())
            }
            "$ref" => {
                let target = root.pointer(wanted.as_str().unwrap().trim_start_matches('#')).expect("a definition");
                if let Some(why) = refusal(value, target, root, at) {
                    return Some(why);
                }
                true
            }
            "items" => {
                let items = value.as_array().into_iter().flatten();
                if let Some(why) =
                    items.enumerate().find_map(|(n, item)| refusal(item, wanted, root, &format!("{at}/{n}")))
                {
                    return Some(why);
                }
                true
            }
            "properties" | "additionalProperties" => {
                let known = |key: &str| schema["properties"].get(key).is_some();
                for (key, inner) in value.as_object().into_iter().flatten() {
                    let schema = match (word.as_str(), wanted) {
                        ("properties", wanted) => wanted.get(key),
                        (_, Value::Bool(false)) if !known(key) => return no(&format!("unknown key {key}")),
                        (_, Value::Object(_)) => Some(wanted),
                        _ => None,
                    };
                    let why = schema.and_then(|schema| refusal(inner, schema, root, &format!("{at}/{key}")));
                    if why.is_some() {
                        return why;
                    }
                }
                true
            }
            _ => panic!("the validator does not know {word}"),
        };
        if !fits {
            return no(word);
        }
    }
    None
}

fn check(text: &str) -> Option<String> {
    let mut sink = Sink::new("pipeline.yaml");
    let node = yaml::load(text, &mut sink).expect("YAML");
    let schema = super::json_schema();
    refusal(&node.to_json(), &schema, &schema, "")
}

#[test]
fn it_accepts_the_example_and_the_template() {
    assert_eq!(check(include_str!("../../tests/reading/amapa.yaml")), None);
    assert_eq!(check(&crate::template("amapa").files[0].1), None);
}

#[test]
fn it_accepts_every_pipeline_of_the_project() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines");
    let networks = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    for path in networks.map(|network| network.path().join("pipeline.yaml")).filter(|path| path.exists()) {
        assert_eq!(check(&std::fs::read_to_string(&path).unwrap()), None, "{}", path.display());
    }
}

#[test]
fn it_refuses_what_the_reader_refuses() {
    let good = crate::template("amapa").files[0].1.clone();
    let cases = [
        ("id: amapa", "idd: amapa"),
        ("mutirao: 1 ", "mutirao: 2 "),
        ("size: [32, 32]", "size: [32]"),
        ("origin: [-51, 1], ", ""),
        ("{ base: any }", "{ base: { nott: 1 } }"),
        ("method: prevalence", "method: prevalance"),
        ("    source: data/base.tif", "    missing: later\n    source: data/base.tif"),
    ];
    for (from, to) in cases {
        assert!(good.contains(from), "{from}");
        assert!(check(&good.replacen(from, to, 1)).is_some(), "{to}");
    }
}
