//! The check `attribute-type`.

use mutirao_contract::checks::{AttributeType, AttributeTypeCheck};
use mutirao_core::door::FieldKind;
use mutirao_core::features::Texts;

use super::attributes::number;
use super::layer::{Layer, Rows, features, of_all, quoted, with_rest};
use crate::{
    report::CheckFinding,
    rules::{Heading, Judged},
};

/// `attribute-type`: by the type in the file; where the format has no such type, by whether every value reads as one.
pub fn judge(layer: &Layer<'_>, check: &AttributeTypeCheck, heading: &Heading) -> Judged {
    let name = layer.with_period(&check.attribute);
    let (Some(field), Some(column)) = (layer.field(&name), layer.column(&name)) else {
        return Judged::Told("the attribute is missing".to_owned());
    };
    let facts = &layer.features.facts;
    let kind = facts.fields[field].kind;
    let by_value = lacks(&facts.driver, check.kind);
    let wrong = wrong_values(column, check.kind);
    let mut findings = Vec::new();
    if by_value && wrong.0.count > 0 {
        let message = format!("{} is no {}: {}", subject(&name, &wrong.0), word(check.kind), shown(&wrong));
        findings.push(layer.finding_at(heading, &wrong.0, message));
    } else if !by_value && !is_of(kind, check.kind) {
        findings.push(of_field(layer, &name, kind, check.kind, &wrong, heading));
    }
    for finding in &mut findings {
        let (expected, found) = (word(check.kind), if by_value { shown(&wrong) } else { kind.word().to_owned() });
        (finding.expected, finding.measured) = (Some(expected.into()), Some(found.into()));
        finding.mend.get_or_insert_with(|| mend(&name, check.kind));
    }
    if check.required {
        findings.extend(absent(layer, &name, column, heading));
    }
    Judged::of(findings, kind.word())
}

type Wrong = (Rows, Vec<String>);

/// The field is of another type.
fn of_field(
    layer: &Layer<'_>,
    name: &str,
    kind: FieldKind,
    wanted: AttributeType,
    wrong: &Wrong,
    heading: &Heading,
) -> CheckFinding {
    let (what, wanted_word) = (kind.word(), word(wanted));
    if wrong.0.count == 0 {
        let message = format!("{name} is {what} in the file, not {wanted_word}, though every value reads as one");
        return layer.finding(heading, message).with_mend(mend(name, wanted));
    }
    let message = format!(
        "{name} is {what} in the file, not {wanted_word}: {} of the values do not read as one: {}",
        wrong.0.count,
        shown(wrong)
    );
    layer.finding_at(heading, &wrong.0, message)
}

fn subject(name: &str, rows: &Rows) -> String {
    format!("{name} of {}", features(rows.count))
}

fn shown((rows, texts): &Wrong) -> String {
    with_rest(texts.clone(), rows.count as usize)
}

fn mend(name: &str, wanted: AttributeType) -> String {
    let comma = if matches!(wanted, AttributeType::Number) { ", decimals with a point" } else { "" };
    format!("make {name} a field of type {}{comma} (QGIS: Refactor fields; ogr2ogr -sql with CAST)", word(wanted))
}

fn absent(layer: &Layer<'_>, name: &str, column: &Texts, heading: &Heading) -> Option<CheckFinding> {
    let rows: Rows = column.iter().enumerate().filter(|(_, value)| value.is_none()).map(|(row, _)| row).collect();
    let message = format!("{} no {name}", of_all(rows.count, layer.len(), "has", "have"));
    let finding = || layer.finding_at(heading, &rows, message).but("a value for every feature", rows.count);
    (rows.count > 0).then(|| finding().with_mend(format!("fill in {name}")))
}

fn wrong_values(column: &Texts, wanted: AttributeType) -> Wrong {
    let wrong =
        || column.iter().enumerate().filter_map(|(row, value)| Some((row, value.filter(|v| !reads_as(v, wanted))?)));
    (wrong().map(|(row, _)| row).collect(), wrong().take(5).map(|(_, value)| quoted(value)).collect())
}

/// What a type is called.
pub fn word(kind: AttributeType) -> &'static str {
    match kind {
        AttributeType::Integer => "integer",
        AttributeType::Number => "number",
        AttributeType::Text => "text",
        AttributeType::Boolean => "boolean",
        AttributeType::Date => "date",
        AttributeType::Timestamp => "timestamp",
    }
}

/// Whether fields of a kind hold values of a type.
pub fn is_of(kind: FieldKind, wanted: AttributeType) -> bool {
    match wanted {
        AttributeType::Integer => kind == FieldKind::Integer,
        AttributeType::Number => matches!(kind, FieldKind::Integer | FieldKind::Number),
        AttributeType::Text => kind == FieldKind::Text,
        AttributeType::Boolean => kind == FieldKind::Boolean,
        AttributeType::Date => kind == FieldKind::Date,
        AttributeType::Timestamp => kind == FieldKind::Timestamp,
    }
}

/// Whether a format has no fields of a type, so that values alone can tell.
fn lacks(driver: &str, wanted: AttributeType) -> bool {
    use AttributeType::{Boolean, Date, Timestamp};
    match driver {
        "CSV" => true,
        "ESRI Shapefile" => matches!(wanted, Boolean | Timestamp),
        "GeoJSON" | "GeoJSONSeq" | "TopoJSON" | "ESRIJSON" => matches!(wanted, Date | Timestamp),
        _ => false,
    }
}

/// Whether a text reads as a value of a type; dates and instants by ISO 8601.
pub fn reads_as(text: &str, wanted: AttributeType) -> bool {
    let text = text.trim();
    match wanted {
        AttributeType::Integer => text.parse::<i128>().is_ok(),
        AttributeType::Number => number(text).is_some(),
        AttributeType::Text => true,
        AttributeType::Boolean => ["true", "false", "0", "1"].iter().any(|word| text.eq_ignore_ascii_case(word)),
        AttributeType::Date => is_day(text),
        AttributeType::Timestamp => {
            let split = text.split_once(['T', ' ']);
            split.is_some_and(|(day, time)| is_day(day) && is_time(time))
        }
    }
}

fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let (Some(year), Some(month), Some(day)) = (digits(year, 4), digits(month, 2), digits(day, 2)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    (1..=12).contains(&month) && (1..=last).contains(&day)
}

fn is_time(text: &str) -> bool {
    let text = text.strip_suffix('Z').unwrap_or(text);
    let (time, zone) = match text.rfind(['+', '-']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let whole = time.split_once('.').map_or(Some(time), |(whole, part)| digits(part, part.len()).map(|_| whole));
    let clock = |text: &str, most: usize| {
        let parts: Vec<Option<u32>> = text.split(':').map(|part| digits(part, 2)).collect();
        let bounds = [23, 59, 60];
        (2..=most).contains(&parts.len())
            && parts.iter().zip(bounds).all(|(part, bound)| part.is_some_and(|n| n <= bound))
    };
    let zone_is_good = |zone: &str| clock(zone, 2) || digits(zone, 2).is_some() || digits(zone, 4).is_some();
    whole.is_some_and(|whole| clock(whole, 3)) && zone.is_none_or(zone_is_good)
}

fn digits(text: &str, count: usize) -> Option<u32> {
    let all_digits = text.len() == count && (1..=9).contains(&count) && text.bytes().all(|byte| byte.is_ascii_digit());
    if all_digits { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_read_as_what_they_are() {
        use AttributeType::{Boolean, Date, Integer, Number, Timestamp};
        for (text, kind, expected) in [
            ("007", Integer, true),
            ("-5", Integer, true),
            ("5.0", Integer, false),
            ("99999999999999999999", Integer, true),
            ("", Integer, false),
            ("1e-7", Number, true),
            ("1,5", Number, false),
            ("NaN", Number, false),
            ("inf", Number, false),
            ("True", Boolean, true),
            ("2", Boolean, false),
            ("2024-02-29", Date, true),
            ("2023-02-29", Date, false),
            ("1900-02-29", Date, false),
            ("2024-13-01", Date, false),
            ("29.02.2024", Date, false),
            ("2024-02-29T07:59:23Z", Timestamp, true),
            ("2024-02-29 07:59:23.123+01:00", Timestamp, true),
            ("2024-02-29T24:00:00", Timestamp, false),
            ("2024-02-29", Timestamp, false),
        ] {
            assert_eq!(reads_as(text, kind), expected, "{text} {kind:?}");
        }
    }
}
