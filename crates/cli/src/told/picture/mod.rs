//! `--preview`: a picture of every finding that has a place in a raster or a vector, for people who ask where that is.
//!
//! On the left the whole file, on the right what is around the first place; every place that the finding names is ringed in both.

mod page;
mod places;
mod raster;
mod vector;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mutirao_check::{CheckFinding, Report};
use mutirao_contract::ObjectKind;
use mutirao_engine::EngineError;

use crate::{
    check::Agreement,
    command::Failure,
    draw::{Canvas, Fonts},
    exit::Exit,
    network::Tools,
    show::progress::is_cancelled,
};

/// Pictures that were drawn, by the place of their finding in the report.
pub type Drawn = BTreeMap<usize, PathBuf>;

/// What draws the findings of a kind of files.
trait Painter {
    /// The picture of a finding, and the period that it is of; none where the finding has no place.
    fn picture(&mut self, finding: &CheckFinding, fonts: &Fonts) -> Result<Option<(Canvas, String)>, Failure>;
}

/// Draws all findings that have a pixel or a feature into a folder, which is made. Other files in it stay.
///
/// # Errors
/// Where a file can no longer be read, or a picture cannot be written.
pub fn draw(report: &Report, agreement: &Agreement, folder: &Path, tools: &Tools) -> Result<Drawn, Failure> {
    std::fs::create_dir_all(folder).map_err(EngineError::io("create", folder)).map_err(|error| Failure::of(&error))?;
    let mut painter: Box<dyn Painter> = match agreement.object().kind {
        ObjectKind::Vector | ObjectKind::Table => Box::new(vector::Layers::new(report, agreement, tools)),
        ObjectKind::Raster | ObjectKind::Unsaid => Box::new(raster::Files::new(agreement, tools)),
    };
    let fonts = Fonts::new();
    let digits = report.findings.len().to_string().len().max(2);
    let mut drawn = Drawn::new();
    for (at, finding) in report.findings.iter().enumerate() {
        if is_cancelled() {
            return Err(Failure::of(&EngineError::Cancelled));
        }
        let Some((picture, period)) = painter.picture(finding, &fonts)? else { continue };
        let path = folder.join(format!("{:0digits$}-{}.png", at + 1, stem(finding, &period)));
        picture.save(&path).map_err(EngineError::io("write", &path)).map_err(|error| Failure::of(&error))?;
        drawn.insert(at, path);
    }
    Ok(drawn)
}

/// `<code>-<period>`, of letters that every file system takes.
fn stem(finding: &CheckFinding, period: &str) -> String {
    let name = if period.is_empty() { finding.code.clone() } else { format!("{}-{period}", finding.code) };
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    name.chars().map(|letter| if plain(letter) { letter } else { '_' }).collect()
}

fn unread(file: &str, what: &str) -> Failure {
    Failure { error: format!("{file} could not be drawn: {what}"), help: None, exit: Exit::Findings }
}
