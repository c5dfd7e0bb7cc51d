//! What a file says of itself: type, layout, licence.

use mutirao_contract::checks::{DtypeCheck, FileLayoutCheck, Layout, LicenceCheck};
use mutirao_core::finding::Severity;

use super::{
    RasterDelivery, RasterFile,
    words::{files, verb},
};
use crate::{
    licence::is_licence,
    report::{Sure, Where},
    rules::{Asked, Judged},
};

/// The files for which something does not hold, told in one finding for each `group`.
fn wrong(delivery: &RasterDelivery, group: impl Fn(&RasterFile) -> Option<String>) -> Vec<(String, Vec<&RasterFile>)> {
    let mut groups: Vec<(String, Vec<&RasterFile>)> = Vec::new();
    for file in &delivery.files {
        let Some(key) = group(file) else { continue };
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, files)) => files.push(file),
            None => groups.push((key, vec![file])),
        }
    }
    groups
}

fn places(of: &[&RasterFile]) -> (u64, Vec<Where>) {
    (of.len() as u64, of.iter().take(super::places::FIRST).map(|file| Where::file(&file.path)).collect())
}

pub(super) fn dtype(delivery: &RasterDelivery, asked: &Asked, wanted: &DtypeCheck) -> Judged {
    let allowed: Vec<&str> = wanted.allowed.iter().map(|dtype| dtype.name()).collect();
    let expected = allowed.join(" or ");
    let is_wrong = |file: &RasterFile| {
        let dtype = &file.statement.dtype;
        (!allowed.contains(&dtype.as_str())).then(|| dtype.clone())
    };
    let findings = wrong(delivery, is_wrong).into_iter().map(|(dtype, of)| {
        let message = format!("{} {} {dtype}, and {expected} is agreed", files(&of), verb(of.len(), "holds", "hold"));
        let (count, first) = places(&of);
        let mend = format!(
            "write the classes as {expected}: `gdal_translate -ot {} IN OUT`, after a look that no value is cut off",
            wanted.allowed.first().map_or("Byte", |dtype| dtype.gdal_name())
        );
        asked.broken(message).but(expected.as_str(), dtype).at_places(count, first).with_mend(mend)
    });
    let findings: Vec<_> = findings.collect();
    let measured = delivery.files.first().map(|file| file.statement.dtype.as_str().into());
    Judged::by(findings, measured)
}

pub(super) fn layout(delivery: &RasterDelivery, asked: &Asked, wanted: &FileLayoutCheck) -> Judged {
    let what = |file: &RasterFile| {
        let statement = &file.statement;
        let compression = statement.compression.clone().unwrap_or_default();
        match wanted.layout {
            Layout::Cog if !statement.is_cog => Some("no Cloud-Optimized GeoTIFF".to_owned()),
            Layout::Tiled if !statement.is_tiled() && statement.size[0] > 512 => {
                Some("in strips, not in tiles".to_owned())
            }
            _ if wanted.overviews && statement.overviews == 0 && statement.size.iter().max() > Some(&512) => {
                Some("without overviews".to_owned())
            }
            _ if !wanted.compression.is_empty() && !wanted.compression.contains(&compression) => {
                Some(format!("compressed by {compression}"))
            }
            _ => None,
        }
    };
    let compression = wanted.compression.first().map_or("deflate", String::as_str).to_ascii_uppercase();
    let findings = wrong(delivery, what).into_iter().map(|(what, of)| {
        let message = format!("{} {} {what}", files(&of), verb(of.len(), "is", "are"));
        let (count, first) = places(&of);
        let tail = if asked.rule.severity == Severity::Info { "; nothing is lost by leaving it as it is" } else { "" };
        let mend = format!(
            "`gdal_translate -of COG -co COMPRESS={compression} -co OVERVIEW_RESAMPLING=MODE IN OUT` lays it out{tail}"
        );
        let expected = match wanted.layout {
            Layout::Cog => "a Cloud-Optimized GeoTIFF",
            Layout::Tiled => "tiles",
            Layout::Any => "the agreed compression and overviews",
        };
        asked.broken(message).but(expected, what).at_places(count, first).with_mend(mend)
    });
    Judged::by(findings.collect(), None)
}

pub(super) fn licence(delivery: &RasterDelivery, asked: &Asked, wanted: &LicenceCheck) -> Judged {
    let stated: Vec<Stated> = delivery
        .files
        .iter()
        .map(|file| Stated { file: file.path.clone(), licence: file.statement.licence.clone() })
        .collect();
    judge_licences(&stated, asked, wanted)
}

/// What a file states of its licence.
pub(crate) struct Stated {
    /// The file.
    pub(crate) file: String,
    /// Its licence, if it states one.
    pub(crate) licence: Option<String>,
}

/// Licences that files state, held against the agreed ones.
pub(crate) fn judge_licences(stated: &[Stated], asked: &Asked, wanted: &LicenceCheck) -> Judged {
    let expected = wanted.allowed.join(" or ");
    let mut findings = Vec::new();
    for of in stated {
        let name = super::words::name(&of.file);
        match &of.licence {
            None if wanted.declared => {
                let mend = format!("`gdal_edit.py -mo LICENSE={} {name}` writes it into the file", wanted.allowed[0]);
                let finding = asked.broken(format!("{name} states no licence, and {expected} is agreed"));
                findings.push(finding.but(expected.as_str(), "none").at(Where::file(&of.file)).with_mend(mend));
            }
            Some(licence) if !wanted.allowed.iter().any(|allowed| is_licence(licence, allowed)) => {
                let message = format!("{name} states the licence {licence}, and {expected} is agreed");
                let mut finding = asked.broken(message).but(expected.as_str(), licence.as_str());
                // Free words may mean the agreed licence all the same.
                finding.sure = Sure::Likely;
                let mend = "agree with the network on one licence, and write its SPDX id";
                findings.push(finding.at(Where::file(&of.file)).with_mend(mend));
            }
            _ => {}
        }
    }
    Judged::by(findings, stated.iter().find_map(|of| of.licence.clone()).map(Into::into))
}
