//! The little XML of the GDAL_METADATA tag, read tolerantly: one pass, no recursion, no entities but the usual.

use crate::xml;

/// One `<Item>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) name: String,
    /// Band from 0; none for an item of the whole dataset.
    pub(crate) sample: Option<u16>,
    pub(crate) role: Option<String>,
    pub(crate) value: String,
}

/// All items that can be made out; what is malformed is left out.
pub(crate) fn items(text: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("<Item") {
        rest = &rest[start + "<Item".len()..];
        let Some(close) = rest.find('>') else { break };
        let (attributes, after) = (&rest[..close], &rest[close + 1..]);
        if attributes.ends_with('/') {
            rest = after;
            continue;
        }
        let Some(end) = after.find("</Item>") else { break };
        if let Some(name) = attribute(attributes, "name") {
            items.push(Item {
                name,
                sample: attribute(attributes, "sample").and_then(|sample| sample.trim().parse().ok()),
                role: attribute(attributes, "role"),
                // GDAL escapes the text of items twice.
                value: xml::unescape(&xml::unescape(&after[..end])),
            });
        }
        rest = &after[end..];
    }
    items
}

/// The descriptions of the bands, one entry a band.
pub(crate) fn band_descriptions(text: &str, bands: u16) -> Vec<Option<String>> {
    let mut descriptions = vec![None; usize::from(bands)];
    for item in items(text) {
        let is_description = item.role.as_deref() == Some("description") && item.name == "DESCRIPTION";
        let place = item.sample.and_then(|sample| descriptions.get_mut(usize::from(sample)));
        if let (true, Some(place)) = (is_description, place) {
            *place = Some(item.value);
        }
    }
    descriptions
}

/// The value of an attribute in the text between `<Item` and `>`.
fn attribute(attributes: &str, name: &str) -> Option<String> {
    let mut rest = attributes;
    loop {
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, next) = after[1..].split_once(quote)?;
        if key.trim() == name {
            return Some(xml::unescape(value));
        }
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn descriptions_as_gdal_writes_them() {
        let text = r#"<GDALMetadata>
  <Item name="FOO">a&amp;lt;b</Item>
  <Item name="DESCRIPTION" sample="0" role="description">year 1985 &amp;amp; more</Item>
  <Item name="DESCRIPTION" sample='2' role='description'>1987</Item>
  <Item name="DESCRIPTION" sample="7" role="description">beyond</Item>
</GDALMetadata>"#;
        let due = vec![Some("year 1985 & more".to_owned()), None, Some("1987".to_owned())];
        assert_eq!(band_descriptions(text, 3), due);
        assert_eq!(items(text)[0].value, "a<b");
    }

    proptest! {
        #[test]
        fn any_text_is_an_answer(text in "(<Item|name=|\"|'|>|/|</Item>|&|#|;|é| |sample){0,40}") {
            items(&text);
        }
    }
}
