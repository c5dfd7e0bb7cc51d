//! Who made the release, and how to name them.

use mutirao_core::pipeline::{Partner, Pipeline};

use super::{super::Content, words::web};

/// A text, and where it leads if anywhere.
pub struct Linked {
    /// The text.
    pub text: String,
    /// The address.
    pub href: Option<String>,
}

/// A partner.
pub struct PartnerLine {
    /// Name and home page.
    pub name: Linked,
    /// How it wants to be named, where that is not its name.
    pub attribution: String,
    /// The licence of what it delivers.
    pub licence: Option<Linked>,
}

/// A licence: SPDX ids lead to their text.
pub fn licence(id: &str) -> Linked {
    let is_id = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.+".contains(&b));
    Linked { text: id.to_owned(), href: is_id.then(|| format!("https://spdx.org/licenses/{id}.html")) }
}

/// The DOI.
pub fn doi(pipeline: &Pipeline) -> Option<Linked> {
    let doi = pipeline.doi.as_deref()?;
    let address = if doi.starts_with("10.") { format!("https://doi.org/{doi}") } else { doi.to_owned() };
    Some(Linked { text: doi.to_owned(), href: web(&address).map(str::to_owned) })
}

/// The pipeline's own words, or else title and version.
pub fn citation(content: &Content<'_>) -> String {
    let Pipeline { id, title, version, citation, .. } = content.pipeline;
    let year = content.started.get(..4).unwrap_or_default();
    citation.clone().unwrap_or_else(|| format!("{id} ({year}): {title}, version {version}"))
}

/// The partners, each once.
pub fn partners(content: &Content<'_>) -> Vec<PartnerLine> {
    let line = |partner: &Partner| PartnerLine {
        name: Linked { text: partner.name.clone(), href: partner.url.as_deref().and_then(web).map(str::to_owned) },
        attribution: partner.attribution.clone().filter(|words| *words != partner.name).unwrap_or_default(),
        licence: partner.license.as_deref().map(licence),
    };
    content.partners().into_iter().map(line).collect()
}

/// All partners in one line, as each wants to be named.
pub fn credit(content: &Content<'_>) -> String {
    let names: Vec<&str> =
        content.partners().iter().map(|partner| partner.attribution.as_deref().unwrap_or(&partner.name)).collect();
    names.join("; ")
}
