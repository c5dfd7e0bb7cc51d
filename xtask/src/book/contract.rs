//! Our parts of a contract: its terms and its checks.

use mutirao_contract::checks::{CHECKS, Subject};
use mutirao_core::finding::Severity;
use mutirao_pipeline::TableFacts;

use super::{
    keys::section,
    markdown::{code, table, title},
};

const ABOUT: &str = "What a contract may say that is ours, by where it stands; **required** keys must be there. All else is ODCS's own. \
`schemas/contract.schema.json` says the same for editors. How the parts belong together is told in \
[Contracts](../concepts/contracts.md).";

/// The page.
pub fn page() -> String {
    let facts = mutirao_contract::reference();
    let overview = format!("\n## Checks\n\n{}", overview());
    let (checks, terms): (Vec<&TableFacts>, Vec<&TableFacts>) =
        facts.iter().partition(|table| table.name.starts_with("check-"));
    let told = |tables: Vec<&TableFacts>| tables.into_iter().map(section).collect::<String>();
    title("Terms and checks of contracts", ABOUT) + &overview + &told(terms) + &told(checks)
}

/// Every check with what it is about.
fn overview() -> String {
    let rows = CHECKS.iter().map(|spec| {
        let of = match spec.subject {
            Subject::Raster => "rasters",
            Subject::Vector => "vectors, tables",
            Subject::Both => "all",
        };
        let severity = match spec.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        let about = spec.table.about.to_owned();
        [code(spec.name), of.to_owned(), spec.element.words().to_owned(), severity.to_owned(), about]
    });
    table(["check", "of", "element of quality (ISO 19157)", "severity", "what must hold"], rows)
}
