//! A new network's folder, for `mutirao init`.

/// The texts of a new network's folder. The rasters that they name are for the caller to make: see [`template`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Paths relative to the folder, each with its text.
    pub files: Vec<(&'static str, String)>,
    /// Rasters that the pipeline names, relative to the folder.
    pub rasters: [&'static str; 2],
}

/// The content of a new network's folder.
///
/// The rasters are uint8 with nodata 0, EPSG:4326, 32 x 32 pixels of 0.01 degrees, their outer upper left corner at 51 degrees
/// west and 1 degree north: `data/base.tif` with the values 3, 15 and 33, `data/mining.tif` with 1.
pub fn template(id: &str) -> Template {
    Template {
        files: vec![
            ("pipeline.yaml", include_str!("template/pipeline.yaml").replace("{{id}}", &yaml_text(id))),
            ("legend.csv", include_str!("template/legend.csv").to_owned()),
            ("crosswalks/mining.csv", include_str!("template/mining.csv").to_owned()),
            ("README.md", include_str!("template/README.md").replace("{{id}}", id)),
        ],
        rasters: ["data/base.tif", "data/mining.tif"],
    }
}

/// A text as YAML reads it back: bare where that is safe, else in quotes.
fn yaml_text(text: &str) -> String {
    let bare = text.starts_with(|c: char| c.is_alphabetic()) && crate::scalar::is_name(text) && text != "null";
    if bare { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}
