//! GDAL's own tag for what TIFF has no tag for: a little XML.

use super::{CogSpec, Statistics};
use crate::xml::escape;

/// The text of the GDAL_METADATA tag; none if there is nothing to say.
pub(crate) fn xml(spec: &CogSpec) -> Option<String> {
    let mut items = String::new();
    for (name, text) in &spec.metadata {
        item(&mut items, name, "", text);
    }
    for (band, statistics) in spec.band_statistics.iter().enumerate() {
        statistics.iter().for_each(|statistics| statistics_items(&mut items, band, statistics));
    }
    for (band, description) in spec.band_descriptions.iter().enumerate() {
        item(&mut items, "DESCRIPTION", &format!(" sample=\"{band}\" role=\"description\""), description);
    }
    if !spec.overview_resampling.is_empty() && spec.levels().len() > 1 {
        item(&mut items, "OVERVIEW_RESAMPLING", " domain=\"IMAGE_STRUCTURE\"", &spec.overview_resampling);
    }
    (!items.is_empty()).then(|| format!("<GDALMetadata>\n{items}</GDALMetadata>\n"))
}

fn statistics_items(items: &mut String, band: usize, statistics: &Statistics) {
    let Statistics { min, max, mean, stddev, valid_percent } = statistics;
    let values =
        [("MAXIMUM", max), ("MEAN", mean), ("MINIMUM", min), ("STDDEV", stddev), ("VALID_PERCENT", valid_percent)];
    for (name, value) in values {
        item(items, &format!("STATISTICS_{name}"), &format!(" sample=\"{band}\""), &value.to_string());
    }
}

/// One item; its text is escaped twice, as GDAL does and expects.
fn item(items: &mut String, name: &str, attributes: &str, text: &str) {
    let (name, text) = (escape(name), escape(&escape(text)));
    items.push_str(&format!("  <Item name=\"{name}\"{attributes}>{text}</Item>\n"));
}
