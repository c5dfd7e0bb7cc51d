//! What values of a file mean by contract: classes, nothing, or what nobody knows.

use std::sync::Arc;

use mutirao_contract::checks::Check;
use mutirao_core::{
    crosswalk::{Crosswalk, Target},
    raster::DType,
};
use mutirao_engine::inspect::Values;
use mutirao_mosaic::measure::{EMPTIED, NOTHING, UNKNOWN, classes::Classes};

use crate::check::job::Job;

/// What values mean by contract.
pub struct Meanings<'a> {
    crosswalk: Option<&'a Crosswalk>,
    nodata: Option<i32>,
    /// Classes that some rule allows; all, where no rule says any.
    allowed: Vec<(Classes, bool)>,
}

impl<'a> Meanings<'a> {
    /// As a contract has it.
    pub fn of(job: &'a Job<'_>) -> Self {
        let rules = job.rules.iter().filter_map(|asked| asked.check());
        let allowed = rules.filter_map(|check| match check {
            Check::Classes(classes) => Some((Classes::new(&classes.allowed), classes.known)),
            _ => None,
        });
        Meanings {
            crosswalk: job.agreement.crosswalk.as_ref(),
            nodata: job.object.terms.nodata.and_then(|nodata| nodata.value),
            allowed: allowed.collect(),
        }
    }

    /// Of a file that declares a nodata value: that one and the agreed one are both nothing. Whether it may
    /// declare another is for a check.
    pub fn of_file(&self, dtype: DType, declared: Option<i32>) -> Arc<Values> {
        let count = 1usize << (8 * dtype.bytes());
        let value = |bits: usize| if dtype == DType::Int16 { i32::from(bits as u16 as i16) } else { bits as i32 };
        let class = |bits: usize| {
            let value = value(bits);
            if Some(value) == declared || Some(value) == self.nodata {
                return NOTHING;
            }
            match self.crosswalk {
                Some(crosswalk) => match crosswalk.code(value) {
                    Some(Target::Class(class)) => u32::from(class),
                    Some(Target::Nothing) => NOTHING,
                    None => UNKNOWN,
                },
                None => u32::try_from(value).unwrap_or(UNKNOWN),
            }
        };
        let classes: Vec<u32> = (0..count).map(class).collect();
        let is_odd = |class: &u32| {
            let fine = |(allowed, known): &(Classes, bool)| allowed.hold(*class) || (*class == UNKNOWN && !known);
            *class != NOTHING && !self.allowed.iter().all(fine)
        };
        let is_emptied = |bits: usize| {
            let value = value(bits);
            let is_nodata = Some(value) == declared || Some(value) == self.nodata;
            !is_nodata && self.crosswalk.and_then(|crosswalk| crosswalk.code(value)) == Some(Target::Nothing)
        };
        let emptied: Vec<bool> = (0..count).map(is_emptied).collect();
        let of_patches = emptied.contains(&true).then(|| {
            classes.iter().zip(&emptied).map(|(class, emptied)| if *emptied { EMPTIED } else { *class }).collect()
        });
        Arc::new(Values { odd: classes.iter().map(is_odd).collect(), classes, of_patches })
    }
}
