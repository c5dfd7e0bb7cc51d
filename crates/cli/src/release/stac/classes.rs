//! The legend in the words of the classification extension, and how it is painted.

use std::collections::BTreeSet;

use mutirao_core::pipeline::Pipeline;
use serde_json::{Map, Value, json};

/// `classification:classes`: every class of the legend, and nothing.
pub fn classes(pipeline: &Pipeline) -> Value {
    let nodata = pipeline.outputs.nodata;
    let mut taken = BTreeSet::from(["nothing".to_owned()]);
    let mut classes = vec![json!({ "value": nodata, "name": "nothing", "title": "Nothing", "nodata": true })];
    for class in pipeline.legend.classes() {
        let mut entry = Map::new();
        entry.insert("value".into(), class.id.into());
        entry.insert("name".into(), word(&class.name, class.id, &mut taken).into());
        entry.insert("title".into(), class.name.as_str().into());
        entry.extend(
            class
                .more
                .get("description")
                .filter(|text| !text.is_empty())
                .map(|text| ("description".into(), text.as_str().into())),
        );
        entry.insert("color_hint".into(), hex(class.color).into());
        classes.push(Value::Object(entry));
    }
    Value::Array(classes)
}

/// Red, green, blue as six digits.
fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("{red:02X}{green:02X}{blue:02X}")
}

/// A name of letters, digits and hyphens, each once: the extension allows no others.
fn word(name: &str, id: u16, taken: &mut BTreeSet<String>) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let parts: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
    let short = parts.join("-");
    let word = if short.is_empty() || taken.contains(&short) { format!("class-{id}") } else { short };
    taken.insert(word.clone());
    word
}

/// The render extension's `renders`: the coverage in the legend's colours.
pub fn renders(pipeline: &Pipeline) -> Value {
    let color = |[red, green, blue]: [u8; 3]| json!([red, green, blue, 255]);
    let colormap: Map<String, Value> =
        pipeline.legend.classes().iter().map(|class| (class.id.to_string(), color(class.color))).collect();
    json!({
        "coverage": {
            "title": "Classes in the legend's colours",
            "assets": ["coverage"],
            "bidx": [1],
            "nodata": pipeline.outputs.nodata,
            "resampling": "nearest",
            "colormap": colormap,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_words_each_once() {
        let mut taken = BTreeSet::new();
        let mut word = |name, id| word(name, id, &mut taken);
        assert_eq!(word("River, lake & ocean", 33), "river-lake-ocean");
        assert_eq!(word("River lake ocean", 34), "class-34");
        assert_eq!(word("湖", 35), "class-35");
        assert_eq!(word("Várzea", 36), "v-rzea");
    }
}
