//! The JSON Schemas of `pipeline.yaml`, of our parts of contracts, and of what `check --json` answers, generated from the code that
//! reads or writes them and kept in `schemas/`.

use std::path::Path;

use crate::Failure;

/// Where they are kept, from the root of the project, and what the code says.
fn schemas() -> [(&'static str, String); 3] {
    [
        ("schemas/pipeline.schema.json", mutirao_pipeline::json_schema_text()),
        ("schemas/contract.schema.json", mutirao_contract::json_schema_text()),
        ("schemas/check.schema.json", mutirao_check::json_schema_text()),
    ]
}

/// Writes the schemas, or compares with what is kept.
pub fn run(root: &Path, check: bool) -> Result<(), Failure> {
    for (kept, text) in schemas() {
        let path = root.join(kept);
        if !check {
            std::fs::create_dir_all(root.join("schemas"))?;
            std::fs::write(path, text)?;
            continue;
        }
        match std::fs::read_to_string(&path) {
            Ok(known) if known == text => {}
            Ok(_) => return Err(format!("{kept} is not what the code says; write it with: cargo xtask schema").into()),
            Err(error) => return Err(format!("{kept}: {error}; write it with: cargo xtask schema").into()),
        }
    }
    Ok(())
}
