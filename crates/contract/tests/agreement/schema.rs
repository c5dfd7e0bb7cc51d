//! The kept JSON Schema is the one that the code makes.

use std::path::Path;

#[test]
fn the_kept_schema_is_the_made_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/contract.schema.json");
    let made = mutirao_contract::json_schema_text();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "schemas/contract.schema.json is not what the code makes; BLESS=1 rewrites it");
}
