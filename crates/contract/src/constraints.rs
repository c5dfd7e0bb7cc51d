//! What ODCS lets a property say of its values without a rule: `logicalType`, `logicalTypeOptions` and `enum`.

use mutirao_pipeline::text::{Node, boolean, integer, number};
use regex::Regex;

use crate::checks::AttributeType;

/// What the values of a property must be.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Constraints {
    /// Their type; none where the contract says none, or one that any value has.
    pub kind: Option<AttributeType>,
    /// The least number.
    pub min: Option<Bound>,
    /// The largest number.
    pub max: Option<Bound>,
    /// A regular expression that is found in each of them.
    pub pattern: Option<String>,
    /// At least so many letters.
    pub min_length: Option<u64>,
    /// At most so many letters.
    pub max_length: Option<u64>,
    /// Those that may be; any where empty.
    pub allowed: Vec<String>,
    /// What else is said of them and not judged here, and why.
    pub unjudged: Vec<String>,
}

/// An end of a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// The number.
    pub value: f64,
    /// Whether the number itself is out.
    pub exclusive: bool,
}

/// Reads those of a property.
pub(crate) fn read(property: &Node) -> Constraints {
    let mut read = Constraints { kind: kind(property), ..Constraints::default() };
    if property.get_text("logicalType") == Some("time") {
        read.unjudged.push("`logicalType: time` is not judged".to_owned());
    }
    for entry in property.get("logicalTypeOptions").map(Node::entries).unwrap_or_default() {
        if let Err(why) = option(&mut read, &entry.key, &entry.value) {
            read.unjudged.push(format!("`{}` of logicalTypeOptions {why}", entry.key.escape_debug()));
        }
    }
    if let Some(options) = property.get("logicalTypeOptions") {
        exclude(&mut read, options);
    }
    for item in property.get("enum").map(Node::items).unwrap_or_default() {
        match item.text().or_else(|| item.get_text("value")) {
            Some(text) => read.allowed.push(text.to_owned()),
            None => read.unjudged.push("an item of `enum` has no `value`".to_owned()),
        }
    }
    read
}

fn kind(property: &Node) -> Option<AttributeType> {
    match property.get_text("logicalType")? {
        "integer" => Some(AttributeType::Integer),
        "number" => Some(AttributeType::Number),
        "boolean" => Some(AttributeType::Boolean),
        "date" => Some(AttributeType::Date),
        "timestamp" => Some(AttributeType::Timestamp),
        // Any value is a text; what is nested is no type of values here.
        _ => None,
    }
}

/// Reads an option; why it is not judged, if it is not.
fn option(read: &mut Constraints, key: &str, value: &Node) -> Result<(), &'static str> {
    let text = || value.text().ok_or("is no text");
    let as_number = || value.text().and_then(number).ok_or("is no number, and only numbers are compared");
    let as_count = || value.text().and_then(integer).and_then(|count| u64::try_from(count).ok()).ok_or("is no length");
    let is_flag = value.text().is_some_and(|text| boolean(text).is_some());
    match key {
        "minimum" => narrow(&mut read.min, Bound { value: as_number()?, exclusive: false }, |new, old| new > old),
        "maximum" => narrow(&mut read.max, Bound { value: as_number()?, exclusive: false }, |new, old| new < old),
        // Some write whether the bound itself is out; see `exclude`.
        "exclusiveMinimum" | "exclusiveMaximum" if is_flag => {}
        "exclusiveMinimum" => {
            narrow(&mut read.min, Bound { value: as_number()?, exclusive: true }, |new, old| new > old)
        }
        "exclusiveMaximum" => {
            narrow(&mut read.max, Bound { value: as_number()?, exclusive: true }, |new, old| new < old)
        }
        "minLength" => read.min_length = Some(as_count()?),
        "maxLength" => read.max_length = Some(as_count()?),
        "pattern" => {
            let pattern = text()?;
            Regex::new(pattern).map_err(|_| "is no regular expression that is read here")?;
            read.pattern = Some(pattern.to_owned());
        }
        _ => return Err("is not judged"),
    }
    Ok(())
}

/// Takes the narrower of two bounds; of equal ones that which is out itself.
fn narrow(bound: &mut Option<Bound>, new: Bound, is_narrower: fn(f64, f64) -> bool) {
    let narrower = |old: Bound| is_narrower(new.value, old.value) || (new.value == old.value && new.exclusive);
    if bound.is_none_or(narrower) {
        *bound = Some(new);
    }
}

/// Takes bounds out where the options say so by a word: `exclusiveMinimum: true`.
fn exclude(read: &mut Constraints, options: &Node) {
    let is_out = |key: &str| options.get_text(key).and_then(boolean) == Some(true);
    for (bound, key) in [(&mut read.min, "exclusiveMinimum"), (&mut read.max, "exclusiveMaximum")] {
        if let Some(bound) = bound.as_mut().filter(|_| is_out(key)) {
            bound.exclusive = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(property: &str) -> Constraints {
        let text = format!(
            "apiVersion: v3.2.0\nkind: DataContract\nid: a\nversion: 1.0.0\nschema:\n  - name: a\n    properties:\n      - {property}\n"
        );
        let reading = crate::read_text("a.yaml", &text, None);
        reading.contract.expect("a contract").objects[0].properties[0].constraints.clone()
    }

    fn bounds(options: &str) -> [Option<(f64, bool)>; 2] {
        let read = of(&format!("{{ name: a, logicalType: number, logicalTypeOptions: {{ {options} }} }}"));
        [read.min, read.max].map(|bound| bound.map(|bound| (bound.value, bound.exclusive)))
    }

    #[test]
    fn bounds_are_read_however_they_are_written() {
        assert_eq!(bounds("minimum: 1, maximum: 2.5"), [Some((1.0, false)), Some((2.5, false))]);
        assert_eq!(bounds("exclusiveMinimum: true, minimum: 1"), [Some((1.0, true)), None]);
        assert_eq!(bounds("minimum: 1, exclusiveMinimum: false"), [Some((1.0, false)), None]);
        assert_eq!(
            bounds("minimum: 1, exclusiveMinimum: 0, exclusiveMaximum: 7"),
            [Some((1.0, false)), Some((7.0, true))]
        );
        assert_eq!(bounds("exclusiveMaximum: 7, maximum: 7"), [None, Some((7.0, true))]);
    }

    #[test]
    fn what_is_not_judged_is_told() {
        let read = of("{ name: a, logicalType: date, logicalTypeOptions: { minimum: '2020-01-01', format: yyyy } }");
        assert_eq!((read.kind, read.min, read.unjudged.len()), (Some(AttributeType::Date), None, 2));
        let read = of("{ name: a, logicalTypeOptions: { pattern: '(?=a)' }, enum: [ x, { value: y }, { label: z } ] }");
        assert_eq!((read.pattern, read.allowed, read.unjudged.len()), (None, vec!["x".into(), "y".into()], 2));
    }
}
