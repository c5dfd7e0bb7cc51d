//! `sources.parquet`: who speaks in a release.

use std::path::Path;

use arrow_array::ArrayRef;
use arrow_schema::Field;
use serde::{Deserialize, Serialize};

use crate::batch::{Batch, text_at};
use crate::error::{Problem, Result};
use crate::table::{self, Row, optional_text_field, optional_texts, text_field, texts, u16_field, u16s};

/// One layer, or one member of a composite layer. `None` is what is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRow {
    /// The number in the provenance bands, from 1, the same in all periods.
    pub source: u16,
    /// Name of the layer.
    pub layer: String,
    /// Name of the member, for a composite layer.
    pub member: Option<String>,
    /// Id of the partner.
    pub partner: Option<String>,
    /// Name of the partner.
    pub partner_name: Option<String>,
    /// Version of the layer, as written.
    pub version: Option<String>,
    /// The contract it was checked against.
    pub contract: Option<String>,
    /// Licence, an SPDX id.
    pub licence: Option<String>,
    /// How the partner wishes to be named.
    pub attribution: Option<String>,
}

impl Row for SourceRow {
    fn fields() -> Vec<Field> {
        let optional = ["member", "partner", "partner_name", "version", "contract", "licence", "attribution"];
        let mut fields = vec![u16_field("source"), text_field("layer")];
        fields.extend(optional.map(optional_text_field));
        fields
    }

    fn columns(rows: &[Self]) -> Vec<ArrayRef> {
        vec![
            u16s(rows, |row| row.source),
            texts(rows, |row| &row.layer),
            optional_texts(rows, |row| row.member.as_deref()),
            optional_texts(rows, |row| row.partner.as_deref()),
            optional_texts(rows, |row| row.partner_name.as_deref()),
            optional_texts(rows, |row| row.version.as_deref()),
            optional_texts(rows, |row| row.contract.as_deref()),
            optional_texts(rows, |row| row.licence.as_deref()),
            optional_texts(rows, |row| row.attribution.as_deref()),
        ]
    }

    fn rows(batch: &Batch<'_>) -> std::result::Result<Vec<Self>, Problem> {
        let (source, layer) = (batch.u16("source")?, batch.text("layer")?);
        let (member, partner) = (batch.optional_text("member")?, batch.optional_text("partner")?);
        let (partner_name, version) = (batch.optional_text("partner_name")?, batch.optional_text("version")?);
        let (contract, licence) = (batch.optional_text("contract")?, batch.optional_text("licence")?);
        let attribution = batch.optional_text("attribution")?;
        let row = |i| SourceRow {
            source: source.value(i),
            layer: layer.value(i).to_string(),
            member: text_at(member, i),
            partner: text_at(partner, i),
            partner_name: text_at(partner_name, i),
            version: text_at(version, i),
            contract: text_at(contract, i),
            licence: text_at(licence, i),
            attribution: text_at(attribution, i),
        };
        Ok((0..batch.len()).map(row).collect())
    }
}

/// Writes `sources.parquet`, the rows in the order given, and returns its size in bytes.
pub fn write_sources(path: &Path, rows: &[SourceRow]) -> Result<u64> {
    table::write(path, rows)
}

/// Reads `sources.parquet`.
pub fn read_sources(path: &Path) -> Result<Vec<SourceRow>> {
    table::read(path)
}
