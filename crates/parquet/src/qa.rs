//! `qa.parquet`: what the contracts of the layers asked for, and what came of it: a row for every finding, and one for every rule that
//! has none.

use std::path::Path;

use arrow_array::ArrayRef;
use arrow_schema::Field;
use serde::{Deserialize, Serialize};

use crate::batch::{Batch, text_at};
use crate::error::{Problem, Result};
use crate::table::{self, Row, i64_field, i64s, optional_text_field, optional_texts, text_field, texts};

/// A rule of a contract, or a finding that it is broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QaRow {
    /// The layer, or `layer/member`.
    pub layer: String,
    /// The partner's id.
    pub partner: String,
    /// The contract's id.
    pub contract: String,
    /// The contract's own version.
    pub contract_version: String,
    /// What became of the layer: `merged`, `left-out`, or `last-passing`.
    pub treatment: String,
    /// What the checks said of the layer as a whole: `pass`, `fail`, `pending`, `refused`; none where it was left out.
    pub verdict: Option<String>,
    /// The check, the metric, or the code of a finding that belongs to no rule.
    pub check: String,
    /// What of the quality it measures (ISO 19157-1); none of a rule without finding.
    pub element: Option<String>,
    /// `error`, `warning` or `info`.
    pub severity: String,
    /// What came of it: `kept`, `broken`, `waived`, `pending`, `undefined`, `unjudged`.
    pub outcome: String,
    /// The period, if it is about one.
    pub period: Option<String>,
    /// What is the matter, or why it was not judged.
    pub message: Option<String>,
    /// What was agreed.
    pub expected: Option<String>,
    /// What there is.
    pub measured: Option<String>,
    /// How many pixels, patches, features or files it is about; 0 where nothing is.
    pub count: i64,
    /// How sure it is: `certain`, `estimated`, `likely`.
    pub sure: Option<String>,
    /// The first places, as JSON; none of withheld checks.
    pub places: Option<String>,
    /// The line of the contract that asks for it, such as `contracts/mining.odcs.yaml:38`.
    pub rule: Option<String>,
    /// Who let it pass all the same.
    pub waived_by: Option<String>,
    /// Why.
    pub waived_why: Option<String>,
    /// Until when.
    pub waived_until: Option<String>,
}

impl Row for QaRow {
    fn fields() -> Vec<Field> {
        let first = ["layer", "partner", "contract", "contract_version", "treatment"].map(text_field);
        let last = ["rule", "waived_by", "waived_why", "waived_until"].map(optional_text_field);
        let mut fields = Vec::from(first);
        fields.extend([optional_text_field("verdict"), text_field("check"), optional_text_field("element")]);
        fields.extend([text_field("severity"), text_field("outcome")]);
        fields.extend(["period", "message", "expected", "measured"].map(optional_text_field));
        fields.extend([i64_field("count"), optional_text_field("sure"), optional_text_field("places")]);
        fields.extend(last);
        fields
    }

    fn columns(rows: &[Self]) -> Vec<ArrayRef> {
        vec![
            texts(rows, |row| &row.layer),
            texts(rows, |row| &row.partner),
            texts(rows, |row| &row.contract),
            texts(rows, |row| &row.contract_version),
            texts(rows, |row| &row.treatment),
            optional_texts(rows, |row| row.verdict.as_deref()),
            texts(rows, |row| &row.check),
            optional_texts(rows, |row| row.element.as_deref()),
            texts(rows, |row| &row.severity),
            texts(rows, |row| &row.outcome),
            optional_texts(rows, |row| row.period.as_deref()),
            optional_texts(rows, |row| row.message.as_deref()),
            optional_texts(rows, |row| row.expected.as_deref()),
            optional_texts(rows, |row| row.measured.as_deref()),
            i64s(rows, |row| row.count),
            optional_texts(rows, |row| row.sure.as_deref()),
            optional_texts(rows, |row| row.places.as_deref()),
            optional_texts(rows, |row| row.rule.as_deref()),
            optional_texts(rows, |row| row.waived_by.as_deref()),
            optional_texts(rows, |row| row.waived_why.as_deref()),
            optional_texts(rows, |row| row.waived_until.as_deref()),
        ]
    }

    fn rows(batch: &Batch<'_>) -> std::result::Result<Vec<Self>, Problem> {
        let [layer, partner, contract] = [batch.text("layer")?, batch.text("partner")?, batch.text("contract")?];
        let [version, treatment, check] =
            [batch.text("contract_version")?, batch.text("treatment")?, batch.text("check")?];
        let (severity, outcome, count) = (batch.text("severity")?, batch.text("outcome")?, batch.i64("count")?);
        let optional = |name: &str| batch.optional_text(name);
        let [verdict, element, period] = [optional("verdict")?, optional("element")?, optional("period")?];
        let [message, expected, measured] = [optional("message")?, optional("expected")?, optional("measured")?];
        let [sure, places, rule] = [optional("sure")?, optional("places")?, optional("rule")?];
        let [by, why, until] = [optional("waived_by")?, optional("waived_why")?, optional("waived_until")?];
        let row = |i| QaRow {
            layer: layer.value(i).to_string(),
            partner: partner.value(i).to_string(),
            contract: contract.value(i).to_string(),
            contract_version: version.value(i).to_string(),
            treatment: treatment.value(i).to_string(),
            verdict: text_at(verdict, i),
            check: check.value(i).to_string(),
            element: text_at(element, i),
            severity: severity.value(i).to_string(),
            outcome: outcome.value(i).to_string(),
            period: text_at(period, i),
            message: text_at(message, i),
            expected: text_at(expected, i),
            measured: text_at(measured, i),
            count: count.value(i),
            sure: text_at(sure, i),
            places: text_at(places, i),
            rule: text_at(rule, i),
            waived_by: text_at(by, i),
            waived_why: text_at(why, i),
            waived_until: text_at(until, i),
        };
        Ok((0..batch.len()).map(row).collect())
    }
}

/// Writes `qa.parquet`, the rows in the order given, and returns its size in bytes.
pub fn write_qa(path: &Path, rows: &[QaRow]) -> Result<u64> {
    table::write(path, rows)
}

/// Reads `qa.parquet`.
pub fn read_qa(path: &Path) -> Result<Vec<QaRow>> {
    table::read(path)
}
