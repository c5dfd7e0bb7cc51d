//! The JSON Schema of `pipeline.yaml`, generated from the code that reads it and kept in `schemas/`.

use std::path::Path;

use crate::Failure;

/// Where it is kept, from the root of the project.
const KEPT: &str = "schemas/pipeline.schema.json";

/// Writes the schema, or compares with what is kept.
pub fn run(root: &Path, check: bool) -> Result<(), Failure> {
    let (path, text) = (root.join(KEPT), mutirao_pipeline::json_schema_text());
    if !check {
        std::fs::create_dir_all(root.join("schemas"))?;
        return Ok(std::fs::write(path, text)?);
    }
    match std::fs::read_to_string(&path) {
        Ok(kept) if kept == text => Ok(()),
        Ok(_) => Err(format!("{KEPT} is not what the code says; write it with: cargo xtask schema").into()),
        Err(error) => Err(format!("{KEPT}: {error}; write it with: cargo xtask schema").into()),
    }
}
