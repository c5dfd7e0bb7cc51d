//! The formulas of Olofsson et al. 2014 and of Stehman 2014 as they are printed, beside the one estimator for both.

use mutirao_accuracy::{Choice, Measure, Options, Sample, Stratum, Terms, assess};
use proptest::prelude::*;

/// Counts by map class and reference class, and pixels by map class.
#[derive(Debug, Clone)]
struct Table {
    counts: Vec<Vec<u32>>,
    pixels: Vec<u64>,
}

fn tables() -> impl Strategy<Value = Table> {
    (2usize..6).prop_flat_map(|classes| {
        let row = prop::collection::vec(0u32..9, classes).prop_map(|mut row| {
            row[0] += 2;
            row
        });
        (prop::collection::vec(row, classes), prop::collection::vec(200u64..1_000_000, classes))
            .prop_map(|(counts, pixels)| Table { counts, pixels })
    })
}

impl Table {
    fn strata(&self) -> Vec<Stratum> {
        let one = |(at, pixels): (usize, &u64)| Stratum {
            name: at.to_string(),
            pixels: *pixels,
            area_ha: None,
            class: Some(at as u16),
        };
        self.pixels.iter().enumerate().map(one).collect()
    }

    fn samples(&self) -> Vec<Sample> {
        let mut samples = Vec::new();
        for (map, row) in self.counts.iter().enumerate() {
            for (reference, count) in row.iter().enumerate() {
                let one = Sample { stratum: map, map: map as u16, reference: reference as u16, ..Sample::default() };
                samples.extend((0..*count).map(|_| one.clone()));
            }
        }
        samples
    }
}

fn near(measure: &Measure, estimate: f64, variance: f64) -> Result<(), TestCaseError> {
    let [own, error] = [measure.estimate, measure.standard_error].map(Option::unwrap);
    prop_assert!((own - estimate).abs() < 1e-12, "{own} {estimate}");
    prop_assert!((error - variance.sqrt()).abs() < 1e-9, "{error} {}", variance.sqrt());
    Ok(())
}

proptest! {
    #[test]
    fn olofsson_as_printed(table in tables()) {
        let found = assess(&table.strata(), &table.samples(), &Terms::default(), &Options::default()).unwrap();
        let side = table.pixels.len();
        let n = |i: usize| f64::from(table.counts[i].iter().sum::<u32>());
        let cell = |i: usize, j: usize| f64::from(table.counts[i][j]);
        let total: u64 = table.pixels.iter().sum();
        let size = |i: usize| table.pixels[i] as f64;
        let weight = |i: usize| size(i) / total as f64;
        let user = |i: usize| cell(i, i) / n(i);
        let spread = |i: usize, p: f64| p * (1.0 - p) / (n(i) - 1.0);

        let overall: f64 = (0..side).map(|i| weight(i) * user(i)).sum();
        let variance: f64 = (0..side).map(|i| weight(i).powi(2) * spread(i, user(i))).sum();
        near(&found.overall, overall, variance)?;
        for j in 0..side {
            let class = &found.classes[j];
            near(&class.users, user(j), spread(j, user(j)))?;
            let share: f64 = (0..side).map(|i| weight(i) * cell(i, j) / n(i)).sum();
            let variance: f64 = (0..side).map(|i| weight(i).powi(2) * spread(i, cell(i, j) / n(i))).sum();
            near(&class.share, share, variance)?;
            let size_j: f64 = (0..side).map(|i| size(i) * cell(i, j) / n(i)).sum();
            if size_j > 0.0 {
                let producer = size(j) * user(j) / size_j;
                let others: f64 = (0..side)
                    .filter(|i| *i != j)
                    .map(|i| size(i).powi(2) * spread(i, cell(i, j) / n(i)))
                    .sum();
                let own = size(j).powi(2) * (1.0 - producer).powi(2) * spread(j, user(j));
                near(&class.producers, producer, (own + producer.powi(2) * others) / size_j.powi(2))?;
            } else {
                prop_assert!(class.producers.estimate.is_none() && class.producers.undefined.is_some());
            }
        }
    }

    #[test]
    fn stehman_as_printed(table in tables(), shift in 1u16..5) {
        // The same strata, on a map that has other classes than the strata have.
        let mut samples = table.samples();
        for (at, sample) in samples.iter_mut().enumerate() {
            sample.map = (sample.map + shift * (at as u16 % 2)) % table.pixels.len() as u16;
        }
        let options = Options { estimator: Choice::Stehman2014, ..Options::default() };
        let found = assess(&table.strata(), &samples, &Terms::default(), &options).unwrap();
        let total = table.pixels.iter().sum::<u64>() as f64;
        for class in &found.classes {
            let y = |sample: &Sample| f64::from(u8::from(sample.map == class.class && sample.reference == class.class));
            let x = |sample: &Sample| f64::from(u8::from(sample.reference == class.class));
            let (mut y_hat, mut x_hat) = (0.0, 0.0);
            let mut moments = Vec::new();
            for (h, pixels) in table.pixels.iter().enumerate() {
                let own: Vec<&Sample> = samples.iter().filter(|sample| sample.stratum == h).collect();
                let n = own.len() as f64;
                let [my, mx] = [own.iter().map(|s| y(s)).sum::<f64>() / n, own.iter().map(|s| x(s)).sum::<f64>() / n];
                let over = |f: &dyn Fn(&Sample) -> f64| own.iter().map(|s| f(s)).sum::<f64>() / (n - 1.0);
                let syy = over(&|s| (y(s) - my).powi(2));
                let sxx = over(&|s| (x(s) - mx).powi(2));
                let sxy = over(&|s| (y(s) - my) * (x(s) - mx));
                let size = *pixels as f64;
                y_hat += size * my;
                x_hat += size * mx;
                moments.push((size * size * (1.0 - n / size) / n, syy, sxx, sxy));
            }
            let area: f64 = moments.iter().map(|(factor, _, sxx, _)| factor * sxx).sum();
            near(&class.share, x_hat / total, area / total.powi(2))?;
            if x_hat > 0.0 {
                let r = y_hat / x_hat;
                let variance: f64 = moments.iter().map(|(f, syy, sxx, sxy)| f * (syy + r * r * sxx - 2.0 * r * sxy)).sum();
                near(&class.producers, r, variance.max(0.0) / x_hat.powi(2))?;
            }
        }
    }
}
