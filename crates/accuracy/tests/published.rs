//! The worked examples of both papers, to the digits that they print.

use mutirao_accuracy::{Assessment, Measure, Method, Options, Sample, Stratum, Terms, assess};

fn estimate(measure: &Measure) -> f64 {
    measure.estimate.expect("defined")
}

fn error(measure: &Measure) -> f64 {
    measure.standard_error.expect("defined")
}

/// Half of a 95 % interval, as the first paper prints it: with 1.96.
fn margin(measure: &Measure) -> f64 {
    1.96 * error(measure)
}

fn assert_prints(printed: &str, value: f64) {
    let digits = printed.split_once('.').map_or(0, |(_, after)| after.len());
    assert_eq!(format!("{value:.digits$}"), printed);
}

/// Olofsson et al. 2014, table 8: deforestation, forest gain, stable forest, stable non-forest; rows are the map.
const COUNTS: [[u32; 4]; 4] = [[66, 0, 5, 4], [0, 55, 8, 12], [1, 0, 153, 11], [2, 1, 9, 313]];
const MAPPED: [u64; 4] = [200_000, 150_000, 3_200_000, 6_450_000];

fn olofsson() -> Assessment {
    let stratum = |(class, pixels): (u16, u64)| Stratum {
        name: class.to_string(),
        pixels,
        area_ha: Some(pixels as f64 * 0.09),
        class: Some(class),
    };
    let strata: Vec<Stratum> = (1..).zip(MAPPED).map(stratum).collect();
    let mut samples = Vec::new();
    for (map, row) in COUNTS.iter().enumerate() {
        for (reference, count) in row.iter().enumerate() {
            let one =
                Sample { stratum: map, map: map as u16 + 1, reference: reference as u16 + 1, ..Sample::default() };
            samples.extend((0..*count).map(|_| one.clone()));
        }
    }
    assess(&strata, &samples, &Terms::default(), &Options::default()).expect("a design")
}

#[test]
fn olofsson_2014_to_the_digits_printed() {
    let found = olofsson();
    assert_eq!((found.estimator, found.finite_population, found.samples), (Method::Olofsson2014, false, 640));
    assert_prints("0.947", estimate(&found.overall));
    assert_prints("0.018", margin(&found.overall));
    let printed = [
        ["0.88", "0.07", "0.75", "0.21", "21158", "6158"],
        ["0.73", "0.10", "0.85", "0.25", "11686", "3756"],
        ["0.93", "0.04", "0.93", "0.03", "285770", "15510"],
        ["0.96", "0.02", "0.96", "0.02", "581386", "16282"],
    ];
    for (class, [users, users_margin, producers, producers_margin, area, area_margin]) in
        found.classes.iter().zip(printed)
    {
        assert_prints(users, estimate(&class.users));
        assert_prints(users_margin, margin(&class.users));
        assert_prints(producers, estimate(&class.producers));
        assert_prints(producers_margin, margin(&class.producers));
        let own = class.area_ha.as_ref().expect("areas are known");
        assert_prints(area, estimate(own));
        assert_prints(area_margin, margin(own));
        let [low, high] = own.interval.expect("defined");
        assert!((high - low - 2.0 * 1.959_963_984_540_054 * error(own)).abs() < 1e-6);
    }
}

#[test]
fn the_matrix_holds_counts_and_shares() {
    let matrix = olofsson().matrix;
    assert_eq!(matrix.classes, [1, 2, 3, 4]);
    assert_eq!(matrix.samples, COUNTS.map(|row| row.map(u64::from).to_vec()));
    let shares = matrix.shares.expect("every stratum has samples");
    // W_i n_ij / n_i.
    let printed = [
        ["0.0176", "0.0000", "0.0013", "0.0011"],
        ["0.0000", "0.0110", "0.0016", "0.0024"],
        ["0.0019", "0.0000", "0.2967", "0.0213"],
        ["0.0040", "0.0020", "0.0179", "0.6212"],
    ];
    shares.iter().flatten().zip(printed.iter().flatten()).for_each(|(share, printed)| assert_prints(printed, *share));
}

/// Stehman 2014, table 2: the map and the reference of ten samples in each of four strata.
const MAP: [&str; 4] = ["AAAAAAABBB", "ABBBBBBBBB", "BBCCCCCCBB", "DDDDDDDDDD"];
const REFERENCE: [&str; 4] = ["AAAAACBABC", "ABBBBBAABB", "CCCCCDDBBA", "DDDDDDDCCB"];

fn stehman() -> Assessment {
    let strata: Vec<Stratum> = (1..)
        .zip([40_000, 30_000, 20_000, 10_000])
        .map(|(name, pixels): (u16, u64)| Stratum { name: name.to_string(), pixels, area_ha: None, class: None })
        .collect();
    let mut samples = Vec::new();
    for (stratum, (map, reference)) in MAP.iter().zip(REFERENCE).enumerate() {
        for (map, reference) in map.bytes().zip(reference.bytes()) {
            samples.push(Sample { stratum, map: map.into(), reference: reference.into(), ..Sample::default() });
        }
    }
    assess(&strata, &samples, &Terms::default(), &Options::default()).expect("a design")
}

#[test]
fn stehman_2014_to_the_digits_printed() {
    let found = stehman();
    assert_eq!((found.estimator, found.finite_population), (Method::Stehman2014, true));
    let of = |class: u8| found.classes.iter().find(|own| own.class == u16::from(class)).expect("a class");
    let printed = [
        (&found.overall, "0.63", "0.085"),
        (&of(b'A').share, "0.35", "0.082"),
        (&of(b'C').share, "0.20", "0.064"),
        (&of(b'B').users, "0.574", "0.125"),
        (&of(b'B').producers, "0.794", "0.117"),
    ];
    for (measure, value, spread) in printed {
        assert_prints(value, estimate(measure));
        assert_prints(spread, error(measure));
    }
    assert!(of(b'A').area_ha.is_none(), "no stratum has an area");
}
