//! `CITATION.cff`: how to cite the release, for machines (Citation File Format 1.2.0).
//!
//! The authors are the partners whose layers hold classes of the map and were not left out; each of those layers is a reference. The pipeline's own
//! words (`citation`) stand in the message, since a text cannot be taken apart into authors.

use mutirao_core::{
    licence::alternatives,
    pipeline::{Partner, Pipeline},
    rule::Role,
};

use super::deliveries::{Delivery, authors};

/// The file's text; `date` is the day of the run, `YYYY-MM-DD`.
pub fn citation(pipeline: &Pipeline, deliveries: &[Delivery<'_>], date: &str) -> String {
    let mut text = "cff-version: 1.2.0\n".to_owned();
    text.push_str(&line("message", &message(pipeline)));
    text.push_str("type: dataset\n");
    text.push_str(&line("title", or(&pipeline.title, &pipeline.id)));
    text.push_str(&line("version", &pipeline.version));
    text.push_str(&format!("date-released: {}\n", quoted(date)));
    text.push_str(&authors_of(&authors(pipeline, deliveries), pipeline));
    text.push_str(&doi(pipeline));
    text.push_str(&licence(pipeline.license.as_deref(), ""));
    text.push_str(&contact(pipeline));
    text.push_str(&references(deliveries));
    text
}

fn message(pipeline: &Pipeline) -> String {
    match &pipeline.citation {
        Some(citation) => format!("If you use these data, please cite them as: {citation}"),
        None => "If you use these data, please cite them by the metadata of this file.".to_owned(),
    }
}

fn authors_of(partners: &[&Partner], pipeline: &Pipeline) -> String {
    let mut text = "authors:\n".to_owned();
    for partner in partners {
        text.push_str(&entity(partner, "  "));
    }
    if partners.is_empty() {
        text.push_str(&format!("  - name: {}\n", quoted(or(&pipeline.title, &pipeline.id))));
    }
    text
}

fn entity(partner: &Partner, indent: &str) -> String {
    let mut text = format!("{indent}- name: {}\n", quoted(or(&partner.name, &partner.id)));
    if let Some(url) = partner.url.as_deref().filter(|url| is_address(url)) {
        text.push_str(&format!("{indent}  website: {}\n", quoted(url)));
    }
    text
}

/// A DOI as `doi`; anything else that the pipeline calls one as another identifier.
fn doi(pipeline: &Pipeline) -> String {
    let Some(given) = pipeline.doi.as_deref().map(str::trim).filter(|given| !given.is_empty()) else {
        return String::new();
    };
    match bare_doi(given) {
        Some(doi) => line("doi", doi),
        None => format!("identifiers:\n  - type: other\n    value: {}\n", quoted(given)),
    }
}

/// `10.<registrant>/<suffix>` out of a DOI as people write it; none where the format would refuse it.
pub fn bare_doi(given: &str) -> Option<&str> {
    let starts = ["https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/", "doi:"];
    let doi = starts.iter().find_map(|start| given.strip_prefix(start)).unwrap_or(given).trim();
    let (registrant, suffix) = doi.strip_prefix("10.")?.split_once('/')?;
    let (first, more) = registrant.split_once('.').unwrap_or((registrant, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let suffix_is_good = !suffix.is_empty()
        && suffix.chars().all(|c| {
            c.is_ascii_alphanumeric() || matches!(c, ':' | '/' | '_' | ';' | '-' | '.' | '(' | ')' | '[' | ']' | '\\')
        });
    (digits(first) && (4..=9).contains(&first.len()) && digits(more) && suffix_is_good).then_some(doi)
}

/// `license` where the format lists the ids (several are a choice), `license-url` for one that it does not.
fn licence(expression: Option<&str>, indent: &str) -> String {
    let mut choices = alternatives(expression.unwrap_or_default());
    choices.dedup();
    match &choices[..] {
        [one] if one.len() == 1 && is_listed(&one[0]) => format!("{indent}license: {}\n", quoted(&one[0])),
        [one] if one.len() == 1 && !one[0].starts_with("LicenseRef-") && !one[0].contains([' ', ':']) => {
            format!("{indent}license-url: {}\n", quoted(&format!("https://spdx.org/licenses/{}.html", one[0])))
        }
        [_, _, ..] if choices.iter().all(|choice| choice.len() == 1 && is_listed(&choice[0])) => {
            let mut ids: Vec<&str> = choices.iter().map(|choice| choice[0].as_str()).collect();
            ids.sort_unstable();
            ids.dedup();
            let lines: String = ids.iter().map(|id| format!("{indent}  - {}\n", quoted(id))).collect();
            format!("{indent}license:\n{lines}")
        }
        _ => String::new(),
    }
}

/// Whether an id of a licence of data is among those of CFF 1.2.0, which are the SPDX ids of 2021 in part.
fn is_listed(id: &str) -> bool {
    let versions =
        |kind: &str| ["1.0", "2.0", "2.5", "3.0", "4.0"].iter().any(|version| id == format!("{kind}-{version}"));
    let kinds = ["CC-BY", "CC-BY-NC", "CC-BY-NC-ND", "CC-BY-NC-SA", "CC-BY-ND", "CC-BY-SA"];
    kinds.into_iter().any(versions)
        || matches!(
            id,
            "CC0-1.0"
                | "CC-PDDC"
                | "CDLA-Permissive-1.0"
                | "CDLA-Sharing-1.0"
                | "ODbL-1.0"
                | "ODC-By-1.0"
                | "PDDL-1.0"
                | "etalab-2.0"
                | "NLOD-1.0"
                | "OGL-UK-1.0"
                | "OGL-UK-2.0"
                | "OGL-UK-3.0"
                | "OGL-Canada-2.0"
                | "MIT"
                | "Apache-2.0"
                | "BSD-2-Clause"
                | "BSD-3-Clause"
                | "0BSD"
                | "Unlicense"
        )
}

/// Whom to ask: an address for mail or of the web is told as one.
fn contact(pipeline: &Pipeline) -> String {
    let Some(given) = pipeline.contact.as_deref().map(str::trim).filter(|given| !given.is_empty()) else {
        return String::new();
    };
    let name = quoted(or(&pipeline.title, &pipeline.id));
    if is_mail(given) {
        format!("contact:\n  - name: {name}\n    email: {}\n", quoted(given))
    } else if is_address(given) {
        format!("contact:\n  - name: {name}\n    website: {}\n", quoted(given))
    } else {
        format!("contact:\n  - name: {}\n", quoted(given))
    }
}

fn references(deliveries: &[Delivery<'_>]) -> String {
    let mut text = String::new();
    for delivery in deliveries.iter().filter(|delivery| delivery.role == Role::Class && !delivery.is_left_out) {
        let Some(partner) = delivery.partner else { continue };
        if text.is_empty() {
            text.push_str("references:\n");
        }
        text.push_str(&format!("  - type: data\n    title: {}\n    authors:\n", quoted(&delivery.name)));
        text.push_str(&entity(partner, "      "));
        if let Some(version) = delivery.member.version.as_deref().filter(|version| !version.is_empty()) {
            text.push_str(&format!("    version: {}\n", quoted(version)));
        }
        text.push_str(&licence(delivery.licence(), "    "));
    }
    text
}

fn line(key: &str, value: &str) -> String {
    format!("{key}: {}\n", quoted(value))
}

fn or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.trim().is_empty() { otherwise } else { text }
}

fn is_mail(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    let good = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_graphic() && c != '@');
    good(name) && good(host) && host.rsplit_once('.').is_some_and(|(before, end)| !before.is_empty() && end.len() >= 2)
}

/// Whether a text is an address of the web of which no parser has doubts.
fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_alphanumeric())
            && rest.chars().all(|c| c.is_ascii_alphanumeric() || "-._~:/?#@!$&'()*+,;=%".contains(c))
    })
}

/// A text in YAML's double quotes: any text, on one line.
fn quoted(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            odd if odd.is_control()
                || matches!(odd, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') =>
            {
                quoted.push_str(&format!("\\u{:04x}", u32::from(odd)));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dois_as_people_write_them() {
        for given in ["10.5281/zenodo.1", "https://doi.org/10.5281/zenodo.1", "doi:10.5281/zenodo.1"] {
            assert_eq!(bare_doi(given), Some("10.5281/zenodo.1"));
        }
        for given in ["10.5281", "zenodo.1", "10.52/x", "10.5281/ü", "10.5281/a b", ""] {
            assert_eq!(bare_doi(given), None, "{given}");
        }
    }

    #[test]
    fn licences_that_the_format_lacks_are_addresses() {
        assert_eq!(licence(Some("CC-BY-4.0"), ""), "license: \"CC-BY-4.0\"\n");
        assert_eq!(licence(Some("ODbL-1.0 OR CC0-1.0"), " "), " license:\n   - \"CC0-1.0\"\n   - \"ODbL-1.0\"\n");
        let address = "license-url: \"https://spdx.org/licenses/CDLA-Permissive-2.0.html\"\n";
        assert_eq!(licence(Some("CDLA-Permissive-2.0"), ""), address);
        for unsaid in [None, Some("LicenseRef-ours"), Some("CC-BY-4.0 AND ODbL-1.0"), Some("MIT WITH x")] {
            assert_eq!(licence(unsaid, ""), "");
        }
    }

    #[test]
    fn any_text_can_be_quoted() {
        assert_eq!(quoted("a \"b\" \\ \n\u{7f}\u{85} é: #"), "\"a \\\"b\\\" \\\\ \\n\\u007f\\u0085 é: #\"");
    }

    #[test]
    fn mail_and_the_web_are_told_apart() {
        assert!(
            is_mail("rede@arauna.example") && !is_mail("rede at arauna") && !is_mail("a@b@c.de") && !is_mail("@c.de")
        );
        assert!(is_address("https://mata.example/x?y=1") && !is_address("https://a b") && !is_address("ftp://x"));
    }
}
