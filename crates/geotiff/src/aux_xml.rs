//! The sidecar (`.aux.xml`) in which GDAL and QGIS look for the names of classes.

use crate::xml::escape;

/// The text of a sidecar that names the values of band 1: `category_names[value]`, with none where a value has no name.
/// Its place is beside the raster, under the raster's name with `.aux.xml` added.
pub fn aux_xml(category_names: &[Option<String>]) -> String {
    let categories = categories(category_names, "    ");
    format!("<PAMDataset>\n  <PAMRasterBand band=\"1\">\n{categories}  </PAMRasterBand>\n</PAMDataset>\n")
}

/// The element that names the values from 0 on; nothing for no names.
pub(crate) fn categories(names: &[Option<String>], indent: &str) -> String {
    if names.is_empty() {
        return String::new();
    }
    let mut text = format!("{indent}<CategoryNames>\n");
    for name in names {
        text.push_str(&match name.as_deref() {
            None | Some("") => format!("{indent}  <Category/>\n"),
            Some(name) => format!("{indent}  <Category>{}</Category>\n", escape(name)),
        });
    }
    text.push_str(&format!("{indent}</CategoryNames>\n"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_by_value_with_gaps() {
        let text = aux_xml(&[None, Some("Forest & savanna".to_owned())]);
        let due = "<PAMDataset>\n  <PAMRasterBand band=\"1\">\n    <CategoryNames>\n      <Category/>\n      \
                   <Category>Forest &amp; savanna</Category>\n    </CategoryNames>\n  </PAMRasterBand>\n</PAMDataset>\n";
        assert_eq!(text, due);
    }
}
