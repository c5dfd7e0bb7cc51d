//! Letters that are lost: question marks and replacement characters where letters of another alphabet stood.

use mutirao_contract::checks::Element;
use mutirao_core::door::FieldKind;
use mutirao_core::finding::Severity;

use super::layer::{Layer, Rows, quoted};
use crate::{
    report::{CheckFinding, Sure},
    rules::Heading,
};

/// So many question marks in a row are no question.
const MARKS: &str = "???";

/// A warning that lists attributes and texts in which letters are lost.
pub fn finding(layer: &Layer<'_>) -> Option<CheckFinding> {
    let facts = &layer.features.facts;
    let names: Vec<String> =
        facts.fields.iter().filter(|field| is_lost(&field.name)).map(|field| quoted(&field.name)).collect();
    let (mut rows, mut texts) = (Rows::default(), Vec::new());
    for (field, column) in facts.fields.iter().zip(&layer.features.attributes) {
        let is_text = matches!(field.kind, FieldKind::Text | FieldKind::Other);
        let mut lost =
            column.iter().enumerate().filter_map(|(row, value)| Some((row, value.filter(|v| is_text && is_lost(v))?)));
        let Some((first, example)) = lost.next() else { continue };
        let count = 1 + lost.count() as u64;
        texts.push(format!("{count} of {}, such as {}", field.name, quoted(example)));
        rows.add(first);
        rows.count += count - 1;
    }
    let parts = [("in names of attributes: ", names.join(", ")), ("in texts: ", texts.join("; "))];
    let said: Vec<String> =
        parts.iter().filter(|(_, list)| !list.is_empty()).map(|(what, list)| format!("{what}{list}")).collect();
    if said.is_empty() {
        return None;
    }
    let heading =
        Heading { code: "encoding".to_owned(), element: Element::Format, severity: Severity::Warning, rule: None };
    let message = format!("letters are lost {}", said.join("; and "));
    let finding = match rows.count {
        0 => layer.finding(&heading, message),
        _ => layer.finding_at(&heading, &rows, message),
    };
    let mend = "export the data anew in UTF-8 (QGIS: Save features as, encoding UTF-8; a shapefile with its .cpg); what is lost \
                stands only in the source";
    Some(CheckFinding { sure: Sure::Likely, ..finding }.with_mend(mend))
}

fn is_lost(text: &str) -> bool {
    text.contains('\u{fffd}') || text.contains(MARKS)
}
