//! The JSON Schema of what `mutirao check --json` answers, for programs that read it. It stands here and not beside the command, so that
//! words and codes come from the code that uses them; the tests hold what the command answers against it.

mod facts;

use mutirao_contract::{
    checks::{CHECKS, Element},
    timeline::State,
};
use serde_json::{Value, json};

use crate::{
    Verdict,
    codes::CODES,
    report::{Outcome, Sure},
};

/// The schema, draft 2020-12. Nothing but what it names may stand in an answer.
pub fn json_schema() -> Value {
    let mut definitions = json!({
        "finding": finding(),
        "where": place(),
        "rulePlace": rule_place(),
        "rule": rule(),
        "value": { "description": "A number, or words; of shares, of 1.", "type": ["number", "string"] },
        "severity": { "enum": ["info", "warning", "error"] },
        "told": told(),
        "due": due(),
    });
    if let (Some(all), Value::Object(more)) = (definitions.as_object_mut(), facts::definitions()) {
        all.extend(more);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What `mutirao check --json` answers",
        "description": "A delivery, judged; or why the command failed before it could judge.",
        "oneOf": [{ "$ref": "#/$defs/judged" }, { "$ref": "#/$defs/failed" }],
        "$defs": definitions.as_object_mut().map(|all| {
            all.insert("judged".into(), judged());
            all.insert("failed".into(), failed());
            std::mem::take(all)
        }),
    })
}

/// The schema as the kept file has it, `schemas/check.schema.json`.
pub fn json_schema_text() -> String {
    format!("{:#}\n", json_schema())
}

/// An object of which everything is named; all that is not in `optional` must be there.
fn object(about: &str, required: Value, optional: Value) -> Value {
    let names: Vec<String> = required.as_object().into_iter().flat_map(|all| all.keys().cloned()).collect();
    let mut properties = required;
    if let (Some(all), Value::Object(more)) = (properties.as_object_mut(), optional) {
        all.extend(more);
    }
    json!({
        "description": about,
        "type": "object",
        "properties": properties,
        "required": names,
        "additionalProperties": false,
    })
}

fn list(of: &str) -> Value {
    json!({ "type": "array", "items": { "$ref": format!("#/$defs/{of}") } })
}

fn of(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn text() -> Value {
    json!({ "type": "string" })
}

/// A whole number of at least so many.
fn count(least: u64) -> Value {
    json!({ "type": "integer", "minimum": least })
}

fn numbers(kind: &str, many: usize) -> Value {
    json!({ "type": "array", "items": { "type": kind }, "minItems": many, "maxItems": many })
}

fn judged() -> Value {
    let verdicts = [Verdict::Pass, Verdict::Fail, Verdict::Pending, Verdict::Refused].map(Verdict::word);
    object(
        "A delivery, judged.",
        json!({
            "schema": { "const": "mutirao.check/1" },
            "layer": { "description": "The contract's id.", "type": "string" },
            "contract": { "description": "The contract's own version.", "type": "string" },
            "verdict": { "enum": verdicts },
            "findings": list("finding"),
            "rules": list("rule"),
            "facts": of("facts"),
        }),
        json!({
            "partner": { "description": "The partner that the contract binds, where it says so.", "type": "string" },
            "previews": {
                "description": "The pictures of `--preview`.",
                "type": "array",
                "items": object(
                    "A picture of a finding.",
                    json!({ "finding": { "description": "Which of the findings, from 0.", "type": "integer", "minimum": 0 }, "path": text() }),
                    json!({}),
                ),
            },
            "contract_findings": {
                "description": "What is odd about the contract itself, as `mutirao lint` tells it; no error.",
                "type": "array",
                "items": of("told"),
            },
            "rehearsal_findings": {
                "description": "Why the delivery could not be rehearsed (`--network`), with the network's own errors; it says nothing about the delivery.",
                "type": "array",
                "items": of("told"),
            },
            "record_findings": {
                "description": "Why the delivery could not be written down (`--record`); it says nothing about the delivery.",
                "type": "array",
                "items": of("told"),
            },
        }),
    )
}

fn failed() -> Value {
    object(
        "The command failed: a mistake in the call, a contract that is not in order, a machine that gave up.",
        json!({
            "schema": { "const": "mutirao.check/1" },
            "verdict": { "description": "Refused, where the contract is not in order.", "enum": ["refused", "failed"] },
            "error": text(),
            "findings": { "description": "What is wrong with contract or network.", "type": "array", "items": of("told") },
        }),
        json!({ "help": text() }),
    )
}

fn finding() -> Value {
    let codes: Vec<&str> = CHECKS.iter().map(|spec| spec.name).chain(CODES.iter().map(|(code, _)| *code)).collect();
    let sure = [Sure::Certain, Sure::Estimated, Sure::Likely].map(|sure| json!(sure));
    object(
        "Something about the delivery. What does not apply is left out.",
        json!({
            "code": { "description": "The check's name, or another stable word.", "enum": codes },
            "element": { "description": "What of the quality it is about (ISO 19157-1).", "enum": Element::ALL.map(Element::words) },
            "severity": of("severity"),
            "message": text(),
            "sure": { "enum": sure },
        }),
        json!({
            "where": of("where"),
            "expected": of("value"),
            "measured": of("value"),
            "count": { "description": "How many pixels, patches, features or files, in all.", "type": "integer", "minimum": 0 },
            "first": { "description": "The first places.", "type": "array", "items": of("where"), "minItems": 1 },
            "mend": text(),
            "rule": of("rulePlace"),
            "network": { "description": "Whether it is about a file that the network gave, and so no fault of the delivery.", "type": "boolean" },
        }),
    )
}

fn place() -> Value {
    object(
        "Where something is. What does not apply is left out.",
        json!({}),
        json!({
            "file": text(),
            "line": count(1),
            "column": count(1),
            "period": text(),
            "band": count(1),
            "window": { "description": "Pixels of the file: column, row, width, height.", "allOf": [numbers("integer", 4)] },
            "pixel": { "description": "Column and row of the file, from 0.", "allOf": [numbers("integer", 2)] },
            "xy": { "description": "East and north in the file's CRS; of a pixel, its centre.", "allOf": [numbers("number", 2)] },
            "feature": { "description": "Its key, or its number in the file from 1.", "type": "string" },
        }),
    )
}

fn rule_place() -> Value {
    object(
        "The line of the contract that asks for something.",
        json!({ "file": text(), "line": count(1), "column": count(1) }),
        json!({ "name": { "description": "What the contract calls it.", "type": "string" } }),
    )
}

fn rule() -> Value {
    let outcomes = [Outcome::Kept, Outcome::Broken, Outcome::Pending, Outcome::Undefined, Outcome::Unjudged];
    object(
        "A rule of the contract, and what came of it. Rules of severity info only tell: they count as neither kept nor broken.",
        json!({
            "check": { "description": "The check or metric, or the engine that it is for.", "type": "string" },
            "outcome": { "enum": outcomes.map(|outcome| json!(outcome)) },
            "severity": of("severity"),
        }),
        json!({ "measured": of("value"), "because": { "description": "Why it was not judged.", "type": "string" }, "rule": of("rulePlace") }),
    )
}

/// A finding as `lint` tells it, of contracts and networks.
fn told() -> Value {
    let whole_numbers = json!({ "type": "array", "items": { "type": "integer" } });
    object(
        "A finding about the contract or the network, as `mutirao lint` tells it.",
        json!({ "code": { "type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$" }, "severity": of("severity"), "message": text() }),
        json!({
            "layer": text(),
            "class": whole_numbers,
            "rule": count(1),
            "part": text(),
            "because": whole_numbers,
            "where": { "type": ["object", "array"] },
            "mend": text(),
        }),
    )
}

fn due() -> Value {
    use State::{Early, Expected, InGrace, Late, Missing, OnTime, Superseding, Withdrawn};
    let states = [Expected, Early, OnTime, InGrace, Late, Missing, Superseding, Withdrawn].map(State::word);
    object(
        "Something that is due of the layer.",
        json!({
            "date": { "description": "As the contract says it.", "type": "string" },
            "event": { "description": "The milestone, or what else it is.", "type": "string" },
            "state": { "enum": states },
        }),
        json!({ "period": text() }),
    )
}
