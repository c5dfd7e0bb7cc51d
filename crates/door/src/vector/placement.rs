//! From which CRS to which, and how.

use std::path::Path;

use gdal::spatial_ref::SpatialRef;
use gdal::vector::Envelope;
use mutirao_core::door::{Refusal, RefusalCode, VectorQuestion};

use crate::transformation::{Transformation, geo_box};
use crate::{same, srs};

/// The CRSs of a question about a vector file.
pub struct Placement {
    /// The file's, or the one to take instead.
    pub source: SpatialRef,
    /// The result's.
    pub target: SpatialRef,
    /// Whether they are the same by definition.
    pub same: bool,
}

impl Placement {
    /// The CRSs, where `stated` is what the file says, if it says anything; what it says is not looked at where the question
    /// gives another.
    pub fn of(
        question: &VectorQuestion,
        stated: Option<Result<SpatialRef, Refusal>>,
        path: &Path,
    ) -> Result<Placement, Refusal> {
        let source = match (&question.crs_override, stated) {
            (Some(crs), _) => srs::parse(crs)?,
            (None, Some(stated)) => srs::plane(stated?)?,
            (None, None) => {
                let message = format!("{} does not say in which CRS its coordinates are", path.display());
                return Err(Refusal::new(RefusalCode::CrsMissing, message, "say `crs:` on the layer"));
            }
        };
        let target = srs::parse(&question.target_crs)?;
        let same = same::compare(&source, &target)?.same;
        Ok(Placement { source, target, same })
    }

    /// The best transformation around an extent in the source's CRS; none where the CRSs are the same.
    pub fn transformation(
        &self,
        extent: Option<Envelope>,
        allow_ballpark: bool,
    ) -> Result<Option<Transformation>, Refusal> {
        if self.same {
            return Ok(None);
        }
        let area = extent.and_then(|e| geo_box(&self.source, [e.MinX, e.MinY, e.MaxX, e.MaxY]));
        Transformation::between(&self.source, &self.target, area, allow_ballpark).map(Some)
    }
}
