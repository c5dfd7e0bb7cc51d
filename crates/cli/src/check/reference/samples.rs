//! Samples: strata and estimates of accuracy.

use mutirao_accuracy::{Choice, Options, Sample, Stratum, Terms, assess};
use mutirao_check::raster::{Accuracy, Answer, RasterDelivery};
use mutirao_contract::checks::{AccuracyCheck, Estimator, Measure};
use mutirao_mosaic::measure::{NOTHING, UNKNOWN};

use super::Fault;
use crate::{
    accuracy::{Row, Samples, strata_table},
    check::job::Job,
};

/// Estimates the accuracy of every period that samples speak for. `held` has the pixels of all references by period; `places` says
/// which of them is a sample's.
pub fn estimated(
    job: &Job<'_>,
    delivery: &RasterDelivery,
    held: &[Vec<u32>],
    (samples, places): (&Samples, &[Option<usize>]),
    wanted: &AccuracyCheck,
) -> Answer {
    let stated = match wanted.strata.as_ref().map(|path| strata_table(&job.agreement.path(path))).transpose() {
        Ok(stated) => stated,
        Err(stopped) => {
            let path = wanted.strata.as_ref().map(|path| job.agreement.path(path)).unwrap_or_default();
            return Fault::of_stopped(&path, &stopped).answer();
        }
    };
    let mut found = Vec::new();
    for (period, label) in delivery.periods.iter().enumerate() {
        let speaks = |row: &Row| match &row.period {
            Some(of) => of == label,
            None => delivery.periods.len() == 1,
        };
        let class = |place: &Option<usize>| place.map(|at| held[period][at]).filter(|class| *class != NOTHING);
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
            None => of_map(delivery, period, (samples, &placed)),
        };
        match strata.and_then(|(strata, samples)| estimate(&strata, &samples, wanted)) {
            Ok(estimate) => found.push((period, estimate)),
            Err(message) => return Answer::Refused(format!("{label}: {message}"), None),
        }
    }
    if found.is_empty() {
        let message = "no sample speaks for a period of the delivery, on a pixel that speaks";
        return Answer::Refused(message.to_owned(), None);
    }
    Answer::Accuracy(found)
}

type Design = (Vec<Stratum>, Vec<Sample>);

/// Strata that are the map's own classes; the whole map where samples have weights or clusters and name no strata.
fn of_map(
    delivery: &RasterDelivery,
    period: usize,
    (samples, placed): (&Samples, &[(&Row, u16)]),
) -> Result<Design, String> {
    let mut mapped = delivery.classes_of(period);
    mapped.remove(&UNKNOWN);
    let area = |class: u32| delivery.hectares.as_ref().and_then(|periods| periods.get(period)?.get(&class).copied());
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
