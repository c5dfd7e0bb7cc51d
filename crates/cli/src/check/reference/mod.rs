//! Points whose class is known, and samples: laid on the frame before it is read, judged by what was read there.

mod points;
mod samples;

use std::collections::BTreeMap;
use std::path::Path;

use mutirao_check::{
    Where,
    raster::{Answer, RasterDelivery},
};
use mutirao_contract::checks::{AcceptancePointsCheck, AccuracyCheck, Check};
use mutirao_core::finding::{Finding, Where as FoundWhere};

use self::{
    points::{Place, around, read_points},
    samples::estimated,
};
use super::{
    frame::Laid,
    job::{Job, without_door},
};
use crate::{
    accuracy::{Row, Samples, Wanted, read_samples},
    command::Stopped,
    open::is_csv,
};

/// The references of all rules.
#[derive(Default)]
pub struct References {
    pixels: Vec<[u32; 2]>,
    rules: Vec<(usize, Reference)>,
}

enum Reference {
    /// What is known before anything is read.
    Known(Answer),
    /// Points, and where the pixels of each begin among all.
    Points(Vec<(Place, usize)>, usize),
    /// Samples with their pixels' places among all; none outside the frame.
    Samples(Samples, Vec<Option<usize>>),
}

/// Why a reference cannot be used.
pub struct Fault {
    message: String,
    /// Where in a file of the network; none where the delivery itself is at fault.
    of_network: Option<Box<Where>>,
}

impl Fault {
    /// Of a file that the network gave.
    fn of_file(path: &Path, message: &str, place: Option<Where>) -> Fault {
        let name = path.display().to_string();
        let head = "the network's file cannot be used, which is no fault of the delivery";
        let message =
            if message.contains(&name) { format!("{head}: {message}") } else { format!("{head}: {name}: {message}") };
        Fault { message, of_network: Some(Box::new(place.unwrap_or_else(|| Where::file(name)))) }
    }

    /// Of a file that the network gave, by what stopped its reading.
    fn of_stopped(path: &Path, stopped: &Stopped) -> Fault {
        Fault::of_file(path, &stopped.words(), place_of(&stopped.findings))
    }

    fn answer(self) -> Answer {
        match self.of_network {
            Some(place) => Answer::Unusable(self.message, *place),
            None => Answer::Refused(self.message, None),
        }
    }
}

/// What a check that partners must not tune to comes to on their machines.
fn withheld() -> Answer {
    Answer::Pending("its reference data stay with the network".to_owned())
}

impl References {
    /// Reads what the rules of a contract name.
    pub fn gather(job: &Job<'_>, laid: &Laid) -> References {
        let mut all = References::default();
        for (at, asked) in job.rules.iter().enumerate() {
            let (reference, path) = match asked.check() {
                Some(Check::AcceptancePoints(wanted)) => (all.points(job, laid, wanted), &wanted.points),
                Some(Check::Accuracy(wanted)) => (all.samples(job, laid, wanted), &wanted.samples),
                _ => continue,
            };
            // Tables are read without the door.
            let is_pending = job.setting.tools.door.is_missing() && !is_csv(Path::new(path));
            let known = |fault: Fault| if is_pending { without_door() } else { fault.answer() };
            all.rules.push((at, reference.unwrap_or_else(|fault| Reference::Known(known(fault)))));
        }
        all
    }

    /// The pixels of the frame that must be looked up.
    pub fn pixels(&self) -> &[[u32; 2]] {
        &self.pixels
    }

    fn points(&mut self, job: &Job<'_>, laid: &Laid, wanted: &AcceptancePointsCheck) -> Result<Reference, Fault> {
        if wanted.withheld && !job.setting.is_network {
            return Ok(Reference::Known(withheld()));
        }
        let Some(frame) = laid.grid() else { return Err(nowhere()) };
        let places = read_points(job, &job.agreement.path(&wanted.points), &wanted.class, &frame.crs)?;
        let within = wanted.within_pixels.min(u64::from(u32::MAX)) as i64;
        let mut found = Vec::new();
        for place in places {
            let first = self.pixels.len();
            if let Some([col, row]) = frame.pixel_at(place.xy[0], place.xy[1]) {
                // The pixel itself comes first.
                self.pixels.push([col, row]);
                self.pixels.extend(around([col, row], within, frame));
            }
            found.push((place, first));
        }
        Ok(Reference::Points(found, self.pixels.len()))
    }

    fn samples(&mut self, job: &Job<'_>, laid: &Laid, wanted: &AccuracyCheck) -> Result<Reference, Fault> {
        if wanted.withheld && !job.setting.is_network {
            return Ok(Reference::Known(withheld()));
        }
        let Some(frame) = laid.grid() else { return Err(nowhere()) };
        let path = job.agreement.path(&wanted.samples);
        let asked = Wanted {
            path: &path,
            crs: None,
            allow_ballpark: false,
            target: &frame.crs,
            legend: job.agreement.legend.as_ref(),
        };
        let samples = read_samples(&asked, job.setting.tools).map_err(|stopped| Fault::of_stopped(&path, &stopped))?;
        let place = |row: &Row| {
            let pixel = frame.pixel_at(row.xy[0], row.xy[1])?;
            self.pixels.push(pixel);
            Some(self.pixels.len() - 1)
        };
        let places = samples.rows.iter().map(place).collect();
        Ok(Reference::Samples(samples, places))
    }

    /// What comes of them, by the places of the rules. `held` has the classes of the pixels by period.
    pub fn answers(self, job: &Job<'_>, delivery: &RasterDelivery, held: &[Vec<u32>]) -> BTreeMap<usize, Answer> {
        let mut answers = BTreeMap::new();
        for (rule, reference) in self.rules {
            let answer = match (reference, job.rules[rule].check()) {
                (Reference::Known(answer), _) => answer,
                (Reference::Points(places, end), _) => points::judged(&delivery.periods, held, &places, end),
                (Reference::Samples(samples, places), Some(Check::Accuracy(wanted))) => {
                    estimated(job, delivery, held, (&samples, &places), wanted)
                }
                (Reference::Samples(..), _) => continue,
            };
            answers.insert(rule, answer);
        }
        answers
    }
}

/// Where the first finding about a file stands.
fn place_of(findings: &[Finding]) -> Option<Where> {
    match &findings.first()?.place {
        Some(FoundWhere::File(place)) => Some(Where::text(place)),
        _ => None,
    }
}

fn nowhere() -> Fault {
    Fault { message: "the files do not say where they lie".to_owned(), of_network: None }
}
