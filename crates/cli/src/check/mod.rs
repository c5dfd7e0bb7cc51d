//! A delivery held against its contract: `mutirao check`, and the same judgement before a run.
//!
//! A contract is opened (`agreement`), and the delivered files say what they are (`files`). Rasters are laid on one `frame`, with the
//! responsible `area` and the `reference` points, and read once (`raster`); vectors are asked at the door. `mutirao-check` judges what
//! was seen.

mod agreement;
mod area;
mod around;
mod crs;
mod facts;
mod files;
mod frame;
mod job;
mod measure;
mod pack;
mod period;
mod raster;
mod record;
mod reference;
mod refusal;
mod table;
mod vector;

use mutirao_check::rules_of;
use mutirao_contract::ObjectKind;
use mutirao_core::statement::Statement;

use self::job::Job;
pub use self::{
    agreement::Agreement,
    area::is_raster,
    facts::Facts,
    job::{Assigned, Checked, Delivered, Setting},
    measure::{Measured, MeasuredPeriod, measure, statements},
    pack::{GRID, LAYER},
    period::agreed,
    record::{Due, Recorded, digest, due, record, recordable, unrecorded},
    refusal::refusal,
    vector::features as features_of,
};

use crate::{command::Stopped, network::Tools};

/// Holds a delivery against an agreement.
///
/// # Errors
/// Where the machine fails; what is wrong with the delivery is a finding.
pub fn check(agreement: &Agreement, delivered: &Delivered, setting: Setting<'_>) -> Result<Checked, Stopped> {
    let object = agreement.object();
    let rules = rules_of(object);
    let delivered = delivered.in_order(agreement.overlap);
    let job = Job { agreement, object, rules: &rules, delivered: &delivered, setting };
    let mut checked = match object.kind {
        ObjectKind::Vector | ObjectKind::Table => vector::check(&job)?,
        ObjectKind::Raster | ObjectKind::Unsaid => raster::check(&job)?,
    };
    // That no translation can be kept is no matter of the delivery.
    setting.tools.kept("judged")?;
    checked.report.partner = agreement.partner().map(str::to_owned);
    agreement.name(&mut checked.report);
    Ok(checked)
}

/// The CRS of a raster as text, where it states one that has a code or the door knows.
pub fn crs_of(statement: &Statement, tools: &Tools) -> Option<String> {
    crs::text(statement, &tools.door)
}
