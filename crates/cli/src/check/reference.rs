//! Points whose class is known, and samples: laid on the frame before it is read, judged by what was read there.

use std::collections::BTreeMap;
use std::path::Path;

use mutirao_accuracy::{Choice, Options, Sample, Stratum, Terms, assess};
use mutirao_check::{
    Where,
    raster::{Accuracy, Answer, Point},
};
use mutirao_contract::checks::{AcceptancePointsCheck, AccuracyCheck, Check, Estimator, Measure};
use mutirao_core::grid::Grid;
use mutirao_engine::inspect::Inspected;
use mutirao_mosaic::measure::{NOTHING, UNKNOWN};

use super::{Job, raster::Laid};
use crate::{
    accuracy::{Row, Samples, Wanted, read_samples, strata_table},
    open::Points,
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
    Points(Vec<(Place, usize)>, u64),
    /// Samples with their pixels' places among all; none outside the frame.
    Samples(Samples, Vec<Option<usize>>),
}

/// A point of which the class is known.
struct Place {
    name: String,
    xy: [f64; 2],
    period: Option<String>,
    class: u16,
}

impl References {
    /// Reads what the rules of a contract name.
    pub fn gather(job: &Job<'_>, laid: &Laid) -> References {
        let mut all = References::default();
        for (at, asked) in job.rules.iter().enumerate() {
            let reference = match asked.check() {
                Some(Check::AcceptancePoints(wanted)) => all.points(job, laid, wanted),
                Some(Check::Accuracy(wanted)) => all.samples(job, laid, wanted),
                _ => continue,
            };
            all.rules.push((at, reference.unwrap_or_else(|message| Reference::Known(Answer::Refused(message)))));
        }
        all
    }

    /// The pixels of the frame that must be looked up.
    pub fn pixels(&self) -> &[[u32; 2]] {
        &self.pixels
    }

    fn points(&mut self, job: &Job<'_>, laid: &Laid, wanted: &AcceptancePointsCheck) -> Result<Reference, String> {
        if wanted.withheld && !job.setting.is_network {
            return Ok(Reference::Known(Answer::Withheld));
        }
        let Some(frame) = laid.grid() else { return Err("the files do not say where they lie".to_owned()) };
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
        Ok(Reference::Points(found, self.pixels.len() as u64))
    }

    fn samples(&mut self, job: &Job<'_>, laid: &Laid, wanted: &AccuracyCheck) -> Result<Reference, String> {
        if wanted.withheld && !job.setting.is_network {
            return Ok(Reference::Known(Answer::Withheld));
        }
        let Some(frame) = laid.grid() else { return Err("the files do not say where they lie".to_owned()) };
        let path = job.agreement.path(&wanted.samples);
        let asked = Wanted {
            path: &path,
            crs: None,
            allow_ballpark: false,
            target: &frame.crs,
            legend: job.agreement.legend.as_ref(),
        };
        let samples = read_samples(&asked, job.setting.tools).map_err(|stopped| stopped.words())?;
        let place = |row: &Row| {
            let pixel = frame.pixel_at(row.xy[0], row.xy[1])?;
            self.pixels.push(pixel);
            Some(self.pixels.len() - 1)
        };
        let places = samples.rows.iter().map(place).collect();
        Ok(Reference::Samples(samples, places))
    }

    /// What comes of them, by the places of the rules.
    pub fn answers(
        self,
        job: &Job<'_>,
        laid: &Laid,
        seen: &Inspected,
        hectares: Option<&[BTreeMap<u32, f64>]>,
    ) -> BTreeMap<usize, Answer> {
        let mut answers = BTreeMap::new();
        for (rule, reference) in self.rules {
            let answer = match (reference, job.rules[rule].check()) {
                (Reference::Known(answer), _) => answer,
                (Reference::Points(places, end), _) => points(laid, seen, &places, end as usize),
                (Reference::Samples(samples, places), Some(Check::Accuracy(wanted))) => {
                    accuracy(job, laid, seen, hectares, (&samples, &places), wanted)
                }
                (Reference::Samples(..), _) => continue,
            };
            answers.insert(rule, answer);
        }
        answers
    }
}

/// The pixels around one, itself not among them, as near as `within`, row by row.
fn around([col, row]: [u32; 2], within: i64, frame: &Grid) -> impl Iterator<Item = [u32; 2]> {
    let [width, height] = frame.size.map(i64::from);
    let at = [i64::from(col), i64::from(row)];
    let rows = (at[1] - within).max(0)..=(at[1] + within).min(height - 1);
    rows.flat_map(move |y| ((at[0] - within).max(0)..=(at[0] + within).min(width - 1)).map(move |x| [x, y]))
        .filter(move |place| *place != at)
        .map(|[x, y]| [x as u32, y as u32])
}

/// Attributes as text, and a place where the file has geometries.
type Read = (Vec<Option<String>>, Option<[f64; 2]>);

/// Points out of a CSV file in the frame's CRS, or out of any vector file.
fn read_points(job: &Job<'_>, path: &Path, class: &str, target: &str) -> Result<Vec<Place>, String> {
    let name = path.display();
    let (header, rows) = if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
        let table = mutirao_pipeline::read_table(path, &["x", "y", class]).map_err(|(findings, _)| {
            findings.first().map_or_else(|| format!("{name} cannot be read"), |finding| finding.message.clone())
        })?;
        let text = |cells: Vec<mutirao_pipeline::Cell>| cells.into_iter().map(|cell| Some(cell.text)).collect();
        let rows: Vec<Read> = table.rows.into_iter().map(|row| (text(row), None)).collect();
        (table.header, rows)
    } else {
        let asked = Points { path, crs: None, target, allow_ballpark: false };
        let (table, _) = job.setting.tools.files().points(&asked).map_err(|refused| refused.message)?;
        (table.fields, table.features.into_iter().map(|feature| (feature.attributes, feature.point)).collect())
    };
    let column = |wanted: &str| header.iter().position(|own| own == wanted);
    let class_at = column(class).ok_or_else(|| format!("{name} has no attribute {class}"))?;
    let named = ["name", "id"].into_iter().find_map(column);
    let [x, y, period] = ["x", "y", "period"].map(column);
    let mut places = Vec::new();
    for (number, (cells, point)) in rows.into_iter().enumerate() {
        let cell =
            |at: Option<usize>| at.and_then(|at| cells[at].as_deref()).map(str::trim).filter(|text| !text.is_empty());
        let number_of = |at| cell(at).and_then(|text| text.parse::<f64>().ok());
        let xy = point.or_else(|| Some([number_of(x)?, number_of(y)?]));
        let class = cell(Some(class_at)).and_then(|text| text.parse().ok());
        let (Some(xy), Some(class)) = (xy, class) else {
            return Err(format!("point {} of {name} has no place, or no class that is a number", number + 1));
        };
        let name = cell(named).map_or_else(|| format!("point {}", number + 1), str::to_owned);
        places.push(Place { name, xy, period: cell(period).map(str::to_owned), class });
    }
    Ok(places)
}

fn points(laid: &Laid, seen: &Inspected, places: &[(Place, usize)], end: usize) -> Answer {
    let mut points = Vec::new();
    for (at, (place, first)) in places.iter().enumerate() {
        let last = places.get(at + 1).map_or(end, |(_, next)| *next);
        for (period, label) in laid.matched.periods.iter().enumerate() {
            if place.period.as_ref().is_some_and(|wanted| wanted != label) {
                continue;
            }
            let held = &seen.points[period][*first..last];
            points.push(Point {
                name: place.name.clone(),
                place: Where { xy: Some(place.xy), period: Some(label.clone()), ..Where::default() },
                class: place.class,
                holds: held.first().copied().filter(|class| *class != NOTHING),
                is_right: held.contains(&u32::from(place.class)),
            });
        }
    }
    Answer::Points(points)
}

/// Estimates the accuracy of every period that samples speak for.
fn accuracy(
    job: &Job<'_>,
    laid: &Laid,
    seen: &Inspected,
    hectares: Option<&[BTreeMap<u32, f64>]>,
    (samples, places): (&Samples, &[Option<usize>]),
    wanted: &AccuracyCheck,
) -> Answer {
    let stated = match wanted.strata.as_ref().map(|path| strata_table(&job.agreement.path(path))).transpose() {
        Ok(stated) => stated,
        Err(stopped) => return Answer::Refused(stopped.words()),
    };
    let mut found = Vec::new();
    for (period, label) in laid.matched.periods.iter().enumerate() {
        let speaks = |row: &Row| match &row.period {
            Some(of) => of == label,
            None => laid.matched.periods.len() == 1,
        };
        let class = |place: &Option<usize>| place.map(|at| seen.points[period][at]).filter(|class| *class != NOTHING);
        let rows = samples.rows.iter().zip(places).filter(|(row, _)| speaks(row));
        // A code that nobody knows is right nowhere, and is told by another check.
        let placed: Vec<(&Row, u16)> = rows
            .filter_map(|(row, place)| Some((row, class(place)?)))
            .filter(|(_, class)| *class != UNKNOWN)
            .filter_map(|(row, class)| Some((row, u16::try_from(class).ok()?)))
            .collect();
        if placed.is_empty() {
            continue;
        }
        let strata = match &stated {
            Some(stated) => of_table(stated, &placed),
            None => of_map(laid, seen, hectares, period, (samples, &placed)),
        };
        match strata.and_then(|(strata, samples)| estimate(&strata, &samples, wanted)) {
            Ok(estimate) => found.push((period, estimate)),
            Err(message) => return Answer::Refused(format!("{label}: {message}")),
        }
    }
    if found.is_empty() {
        let message = "no sample speaks for a period of the delivery, on a pixel that speaks";
        return Answer::Refused(message.to_owned());
    }
    Answer::Accuracy(found)
}

type Design = (Vec<Stratum>, Vec<Sample>);

/// Strata that are the map's own classes; the whole map where samples have weights or clusters and name no strata.
fn of_map(
    laid: &Laid,
    seen: &Inspected,
    hectares: Option<&[BTreeMap<u32, f64>]>,
    period: usize,
    (samples, placed): (&Samples, &[(&Row, u16)]),
) -> Result<Design, String> {
    let mapped = laid.classes_of(seen, period);
    let area = |class: u32| hectares.and_then(|periods| periods.get(period)?.get(&class).copied());
    let is_whole = (samples.has("weight") || samples.has("cluster")) && !samples.has("stratum");
    if is_whole {
        let area_ha = mapped.keys().map(|class| area(*class)).sum();
        let whole = Stratum { name: "the whole map".to_owned(), pixels: mapped.values().sum(), area_ha, class: None };
        return Ok((vec![whole], placed.iter().map(|(row, map)| sample(row, *map, 0)).collect()));
    }
    let stratum = |(class, pixels): (&u32, &u64)| Stratum {
        name: class.to_string(),
        pixels: *pixels,
        area_ha: area(*class),
        class: u16::try_from(*class).ok(),
    };
    let strata: Vec<Stratum> = mapped.iter().map(stratum).collect();
    let place = |map: u16| strata.iter().position(|stratum| stratum.class == Some(map));
    let is_other = |(row, map): &&(&Row, u16)| row.stratum.as_ref().is_some_and(|name| *name != map.to_string());
    if let Some((row, map)) = placed.iter().find(is_other) {
        let name = row.stratum.as_deref().unwrap_or_default();
        return Err(format!(
            "a sample is of stratum {name} where the map has class {map}; strata that are not the map's classes need `strata`, a table of their sizes"
        ));
    }
    let samples = placed.iter().filter_map(|(row, map)| Some(sample(row, *map, place(*map)?))).collect();
    Ok((strata, samples))
}

/// Strata by a table of their sizes.
fn of_table(stated: &[(String, u64, Option<f64>)], placed: &[(&Row, u16)]) -> Result<Design, String> {
    let name = |row: &Row, map: u16| row.stratum.clone().unwrap_or_else(|| map.to_string());
    let place = |name: &str| stated.iter().position(|(known, _, _)| known == name);
    let mut samples = Vec::new();
    for (row, map) in placed {
        let name = name(row, *map);
        let at = place(&name).ok_or_else(|| format!("there is no stratum {name} in the table of strata"))?;
        samples.push(sample(row, *map, at));
    }
    let are_classes = samples.iter().all(|sample| stated[sample.stratum].0 == sample.map.to_string());
    let stratum = |(name, pixels, area_ha): &(String, u64, Option<f64>)| Stratum {
        name: name.clone(),
        pixels: *pixels,
        area_ha: *area_ha,
        class: name.parse().ok().filter(|_| are_classes),
    };
    Ok((stated.iter().map(stratum).collect(), samples))
}

fn sample(row: &Row, map: u16, stratum: usize) -> Sample {
    let (reference, alternate, weight, cluster) = (row.reference, row.alternate, row.weight, row.cluster.clone());
    Sample { stratum, map, reference, alternate, weight, cluster }
}

fn estimate(strata: &[Stratum], samples: &[Sample], wanted: &AccuracyCheck) -> Result<Accuracy, String> {
    let estimator = match wanted.estimator {
        Estimator::Olofsson2014 => Choice::Olofsson2014,
        Estimator::Stehman2014 => Choice::Stehman2014,
    };
    let options = Options { estimator, finite_population: None, confidence: wanted.confidence };
    let found = assess(strata, samples, &Terms::default(), &options).map_err(|error| error.to_string())?;
    let of_class = |class: u16| found.classes.iter().find(|own| own.class == class);
    let measure = match wanted.measure {
        Measure::Overall => Some(&found.overall),
        Measure::Users(class) => of_class(class).map(|own| &own.users),
        Measure::Producers(class) => of_class(class).map(|own| &own.producers),
    };
    Ok(Accuracy {
        estimate: measure.and_then(|measure| measure.estimate),
        lower: measure.and_then(|measure| measure.interval).map(|interval| interval[0]),
        samples: found.samples as u64,
    })
}
