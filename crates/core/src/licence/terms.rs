//! What licences of data ask for.

/// The terms of a licence, as far as they matter to an adaptation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Terms {
    /// Whether the author must be named.
    pub attribution: bool,
    /// Whether commercial use is forbidden.
    pub non_commercial: bool,
    /// Whether nothing made of it may be published.
    pub no_derivatives: bool,
    /// Whether what is made of it must have a licence of the same family.
    pub share_alike: Option<Family>,
    /// The licence's version; 0 where it does not matter.
    version: f64,
}

/// Share-alike licences that may follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// CC-BY-SA.
    BySa,
    /// CC-BY-NC-SA.
    ByNcSa,
    /// ODbL.
    Odbl,
    /// CDLA-Sharing.
    Cdla,
    /// What CC-BY-SA-4.0 may become and never comes back from: GPL 3 and the Free Art Licence.
    AfterBySa,
}

impl Terms {
    const fn free(attribution: bool) -> Self {
        Terms { attribution, non_commercial: false, no_derivatives: false, share_alike: None, version: 0.0 }
    }

    const fn sharing(family: Family) -> Self {
        Terms { share_alike: Some(family), ..Self::free(true) }
    }

    /// Whether what is under `asked`, of a share-alike family, may be published under these terms: the same family in the same
    /// version or a later one (version 1.0 of Creative Commons knows no later ones), or what it names as compatible.
    pub fn continues(&self, asked: &Terms, family: Family) -> bool {
        let same = self.share_alike == Some(family);
        let later = self.version == asked.version || (self.version > asked.version && asked.version > 1.0);
        let named = family == Family::BySa && asked.version == 4.0 && self.share_alike == Some(Family::AfterBySa);
        same && later || named
    }
}

/// The terms of an SPDX id; none for one that is not known here.
pub(super) fn terms(id: &str) -> Option<Terms> {
    match id {
        "CC0-1.0" | "CC-PDDC" | "CC-PDM-1.0" | "PDDL-1.0" | "Unlicense" | "0BSD" | "DL-DE-ZERO-2.0" => {
            Some(Terms::free(false))
        }
        "ODC-By-1.0"
        | "CDLA-Permissive-1.0"
        | "CDLA-Permissive-2.0"
        | "DL-DE-BY-2.0"
        | "etalab-2.0"
        | "MIT"
        | "Apache-2.0"
        | "BSD-2-Clause"
        | "BSD-3-Clause"
        | "OGL-Canada-2.0"
        | "NLOD-1.0"
        | "NLOD-2.0" => Some(Terms::free(true)),
        "OGL-UK-1.0" | "OGL-UK-2.0" | "OGL-UK-3.0" => Some(Terms::free(true)),
        "ODbL-1.0" => Some(Terms::sharing(Family::Odbl)),
        "CDLA-Sharing-1.0" => Some(Terms::sharing(Family::Cdla)),
        "GPL-3.0-only" | "GPL-3.0-or-later" | "LAL-1.3" => Some(Terms::sharing(Family::AfterBySa)),
        _ => creative_commons(id),
    }
}

/// `CC-BY[-NC][-SA|-ND]-<version>[-<country>]`.
fn creative_commons(id: &str) -> Option<Terms> {
    let mut rest = id.strip_prefix("CC-BY-")?;
    let mut take = |part: &str| match rest.strip_prefix(part) {
        Some(after) => {
            rest = after;
            true
        }
        None => false,
    };
    let non_commercial = take("NC-");
    let no_derivatives = take("ND-");
    let share_alike = take("SA-");
    let version =
        rest.split('-').next().filter(|version| matches!(*version, "1.0" | "2.0" | "2.1" | "2.5" | "3.0" | "4.0"))?;
    if no_derivatives && share_alike {
        return None;
    }
    let family = if non_commercial { Family::ByNcSa } else { Family::BySa };
    Some(Terms {
        attribution: true,
        non_commercial,
        no_derivatives,
        share_alike: share_alike.then_some(family),
        version: version.parse().ok()?,
    })
}
