//! What must hold of any sample.

use std::collections::{BTreeMap, BTreeSet};

use mutirao_accuracy::{AccuracyError, Choice, Measure, Method, Options, Sample, Stratum, Terms, Undefined, assess};
use proptest::prelude::*;

fn stratum(class: u16, pixels: u64) -> Stratum {
    Stratum { name: class.to_string(), pixels, area_ha: Some(pixels as f64 * 0.09), class: Some(class) }
}

fn sample(stratum: usize, map: u16, reference: u16) -> Sample {
    Sample { stratum, map, reference, ..Sample::default() }
}

/// Samples of up to five strata, at least two in each, of four classes.
fn samples() -> impl Strategy<Value = (Vec<Stratum>, Vec<Sample>)> {
    let of = |stratum: usize| {
        let one = (0u16..4, 0u16..4, 1u32..5).prop_map(move |(map, reference, weight)| Sample {
            weight: Some(f64::from(weight)),
            ..sample(stratum, map, reference)
        });
        prop::collection::vec(one, 2..20)
    };
    (1usize..6).prop_flat_map(move |strata| {
        let sizes = prop::collection::vec(100u64..10_000, strata);
        let samples = (0..strata).map(of).collect::<Vec<_>>();
        (sizes, samples).prop_map(|(sizes, samples)| {
            let strata = (0..).zip(sizes).map(|(class, size)| Stratum { class: None, ..stratum(class, size) });
            (strata.collect(), samples.concat())
        })
    })
}

fn near(a: &Measure, b: &Measure) -> bool {
    let near = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-9,
        (a, b) => a == b,
    };
    near(a.estimate, b.estimate) && near(a.standard_error, b.standard_error) && a.undefined == b.undefined
}

proptest! {
    #[test]
    fn the_order_of_samples_is_nothing((strata, samples) in samples(), seed in any::<u64>()) {
        let mut shuffled = samples.clone();
        shuffled.sort_by_key(|sample| (u64::from(sample.map) * 31 + u64::from(sample.reference)).wrapping_mul(seed));
        let [a, b] = [samples, shuffled].map(|list| assess(&strata, &list, &Terms::default(), &Options::default()));
        prop_assert_eq!(a, b);
    }

    #[test]
    fn the_numbers_of_classes_are_names((strata, samples) in samples()) {
        let renamed: Vec<Sample> = samples
            .iter()
            .map(|one| Sample { map: 90 - one.map * 7, reference: 90 - one.reference * 7, ..one.clone() })
            .collect();
        let [a, b] = [samples, renamed].map(|list| assess(&strata, &list, &Terms::default(), &Options::default()).unwrap());
        prop_assert!(near(&a.overall, &b.overall));
        for own in &a.classes {
            let other = b.classes.iter().find(|other| other.class == 90 - own.class * 7).unwrap();
            prop_assert!(near(&own.users, &other.users) && near(&own.producers, &other.producers));
            prop_assert!(near(&own.share, &other.share));
        }
    }

    #[test]
    fn shares_sum_to_the_whole_and_accuracies_lie_within((strata, samples) in samples()) {
        let found = assess(&strata, &samples, &Terms::default(), &Options::default()).unwrap();
        let sum: f64 = found.classes.iter().map(|class| class.share.estimate.unwrap()).sum();
        prop_assert!((sum - 1.0).abs() < 1e-12);
        let hectares: f64 = found.classes.iter().map(|class| class.area_ha.as_ref().unwrap().estimate.unwrap()).sum();
        prop_assert!((hectares - found.total_ha.unwrap()).abs() < 1e-6);
        let cells: f64 = found.matrix.shares.unwrap().iter().flatten().sum();
        prop_assert!((cells - 1.0).abs() < 1e-12);
        let all = found.classes.iter().flat_map(|class| [&class.users, &class.producers, &class.share]);
        for measure in all.chain([&found.overall]) {
            prop_assert!(measure.estimate.is_some() != (measure.undefined.is_some()));
            prop_assert!(measure.estimate.is_none_or(|value| (0.0..=1.0).contains(&value)));
            prop_assert!(measure.interval.is_none_or(|[low, high]| 0.0 <= low && low <= high && high <= 1.0));
        }
    }

    #[test]
    fn a_census_is_the_truth(counts in prop::collection::vec(prop::collection::vec(0u64..6, 3), 3)) {
        let (mut samples, mut strata) = (Vec::new(), Vec::new());
        for (map, row) in counts.iter().enumerate() {
            strata.push(stratum(map as u16, row.iter().sum()));
            for (reference, count) in row.iter().enumerate() {
                samples.extend((0..*count).map(|_| sample(map, map as u16, reference as u16)));
            }
        }
        prop_assume!(!samples.is_empty());
        let options = Options { finite_population: Some(true), ..Options::default() };
        for estimator in [Choice::Olofsson2014, Choice::Stehman2014] {
            let found = assess(&strata, &samples, &Terms::default(), &Options { estimator, ..options }).unwrap();
            let all = samples.len() as f64;
            let right: u64 = (0..3).map(|class| counts[class][class]).sum();
            prop_assert!((found.overall.estimate.unwrap() - right as f64 / all).abs() < 1e-12);
            prop_assert_eq!(found.overall.standard_error, Some(0.0));
            for own in &found.classes {
                let j = usize::from(own.class);
                let column: u64 = counts.iter().map(|row| row[j]).sum();
                prop_assert!((own.share.estimate.unwrap() - column as f64 / all).abs() < 1e-12);
                prop_assert_eq!(own.share.standard_error, Some(0.0));
                let producers = (column > 0).then(|| counts[j][j] as f64 / column as f64);
                prop_assert_eq!(own.producers.estimate.map(|p| (p * 1e9).round()), producers.map(|p| (p * 1e9).round()));
            }
        }
    }

    #[test]
    fn weights_that_say_what_strata_say_change_nothing((strata, samples) in samples()) {
        let equal: Vec<Sample> = samples.iter().map(|one| Sample { weight: Some(7.5), ..one.clone() }).collect();
        let without: Vec<Sample> = samples.iter().map(|one| Sample { weight: None, ..one.clone() }).collect();
        let [a, b] = [equal, without].map(|list| assess(&strata, &list, &Terms::default(), &Options::default()).unwrap());
        prop_assert_eq!(b.estimator, Method::Stehman2014);
        prop_assert!(near(&a.overall, &b.overall));
    }
}

#[test]
fn one_sample_in_a_stratum_is_undefined_never_0() {
    let strata = [stratum(1, 900), stratum(2, 100)];
    let samples = [sample(0, 1, 1), sample(0, 1, 1), sample(0, 1, 2), sample(1, 2, 2)];
    let found = assess(&strata, &samples, &Terms::default(), &Options::default()).unwrap();
    let one = Some(Undefined::OneSampleInStratum("2".to_owned()));
    assert_eq!((found.overall.standard_error, &found.overall.undefined), (None, &one));
    assert!((found.overall.estimate.unwrap() - 0.7).abs() < 1e-12);
    let [first, second] = [&found.classes[0], &found.classes[1]];
    assert!(first.users.standard_error.unwrap() > 0.0, "what the map calls 1 lies in the other stratum only");
    assert_eq!((&first.producers.undefined, &first.share.undefined, &second.users.undefined), (&one, &one, &one));
}

#[test]
fn a_stratum_without_samples_leaves_the_whole_undefined() {
    let strata = [stratum(1, 900), stratum(2, 100), stratum(3, 0)];
    let samples = [sample(0, 1, 1), sample(0, 1, 2)];
    let found = assess(&strata, &samples, &Terms::default(), &Options::default()).unwrap();
    assert_eq!(found.overall.undefined, Some(Undefined::NoSampleInStratum("2".to_owned())));
    assert_eq!(found.classes[0].users.estimate, Some(0.5));
    assert!(found.matrix.shares.is_none());
    assert_eq!(found.classes.len(), 2, "class 3 has no pixel and no sample");
}

#[test]
fn alternates_move_samples_and_admissible_pairs_do_not() {
    let strata = [stratum(1, 500), stratum(2, 500)];
    let doubtful = Sample { alternate: Some(1), ..sample(0, 1, 2) };
    let samples = [sample(0, 1, 1), doubtful, sample(1, 2, 2), sample(1, 2, 1)];
    let assess = |terms: &Terms| assess(&strata, &samples, terms, &Options::default()).unwrap();
    let plain = assess(&Terms::default());
    assert_eq!(plain.overall.estimate, Some(0.5));

    let alternate = assess(&Terms { alternate: true, ..Terms::default() });
    assert_eq!(alternate.overall.estimate, Some(0.75));
    assert_eq!(alternate.matrix.samples, [[2, 0], [1, 1]]);
    assert_eq!(alternate.classes[1].share, plain.classes[1].share, "areas are those of the first reference class");

    let admissible = assess(&Terms { admissible: BTreeSet::from([(2, 1)]), ..Terms::default() });
    assert_eq!(admissible.overall.estimate, Some(0.75));
    assert_eq!(admissible.matrix, plain.matrix);
    assert_eq!(admissible.classes[0].producers.estimate, Some(1.0), "both that are 1 in truth count as right");
    assert_eq!(admissible.classes[1].users.estimate, Some(1.0));
    assert_eq!(admissible.classes[0].share, plain.classes[0].share);
}

#[test]
fn groups_join_classes_and_keep_strata() {
    let strata = [stratum(3, 500), stratum(4, 300), stratum(15, 200)];
    let samples =
        [sample(0, 3, 4), sample(0, 3, 3), sample(1, 4, 3), sample(1, 4, 15), sample(2, 15, 15), sample(2, 15, 15)];
    let terms = Terms { groups: BTreeMap::from([(3, 1), (4, 1), (15, 14)]), ..Terms::default() };
    let found = assess(&strata, &samples, &terms, &Options::default()).unwrap();
    assert_eq!((found.estimator, found.strata.len()), (Method::Stehman2014, 3));
    assert_eq!(found.matrix.classes, [1, 14]);
    assert!((found.overall.estimate.unwrap() - 0.85).abs() < 1e-12);
    let options = Options { estimator: Choice::Olofsson2014, ..Options::default() };
    let refused = assess(&strata, &samples, &terms, &options).unwrap_err().to_string();
    assert!(refused.contains("the strata 3 and 4 are both counted as class 1"), "{refused}");
}

#[test]
fn clusters_vary_between_their_totals() {
    let whole = [Stratum { class: None, ..stratum(1, 10_000) }];
    let of = |cluster: &str, right: u16, all: u16| {
        let one = |at| Sample { cluster: Some(cluster.to_owned()), ..sample(0, 1, u16::from(at < right)) };
        (0..all).map(one).collect::<Vec<_>>()
    };
    let samples = [of("a", 3, 4), of("b", 2, 2), of("c", 1, 3)].concat();
    let found = assess(&whole, &samples, &Terms::default(), &Options::default()).unwrap();
    assert_eq!((found.estimator, found.finite_population), (Method::Weighted, false));
    // Stehman 1997, without its correction: p = sum y / sum m, V = sum (y - p m)^2 / (k - 1) / (k mean(m)^2).
    let p = 6.0 / 9.0;
    let squares: f64 = [(3.0, 4.0), (2.0, 2.0), (1.0, 3.0)].iter().map(|(y, m)| (y - p * m) * (y - p * m)).sum();
    let variance: f64 = squares / 2.0 / (3.0 * 9.0);
    assert!((found.overall.estimate.unwrap() - p).abs() < 1e-12);
    assert!((found.overall.standard_error.unwrap() - variance.sqrt()).abs() < 1e-12);
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let strata = [stratum(1, 3), stratum(2, 0)];
    let refused =
        |samples: &[Sample], options: Options| assess(&strata, samples, &Terms::default(), &options).unwrap_err();
    let of = |estimator| Options { estimator, ..Options::default() };
    let plain = || vec![sample(0, 1, 1); 4];
    let with = |weight| Sample { weight: Some(weight), ..sample(0, 1, 1) };
    let in_cluster = |stratum| Sample { cluster: Some("k".to_owned()), ..sample(stratum, 1, 1) };
    assert_eq!(refused(&[], of(Choice::Auto)), AccuracyError::NoSamples);
    assert!(matches!(refused(&[sample(2, 1, 1)], of(Choice::Auto)), AccuracyError::UnknownStratum { .. }));
    assert!(matches!(refused(&[sample(1, 1, 1)], of(Choice::Auto)), AccuracyError::EmptyStratum { samples: 1, .. }));
    let more = AccuracyError::MoreSamplesThanPixels { stratum: "1".to_owned(), samples: 4, pixels: 3 };
    assert_eq!(refused(&plain(), of(Choice::Stehman2014)), more);
    assert!(matches!(refused(&[with(0.0)], of(Choice::Auto)), AccuracyError::BadWeight { .. }));
    assert_eq!(refused(&[with(1.0), sample(0, 1, 1)], of(Choice::Auto)), AccuracyError::WeightsPartly { sample: 1 });
    for estimator in [Choice::Olofsson2014, Choice::Stehman2014] {
        assert!(matches!(refused(&[with(1.0), with(2.0)], of(estimator)), AccuracyError::NotForDesign { .. }));
        assert!(matches!(refused(&[in_cluster(0), in_cluster(0)], of(estimator)), AccuracyError::NotForDesign { .. }));
    }
    let corrected = Options { finite_population: Some(true), ..Options::default() };
    assert_eq!(refused(&[with(1.0), with(2.0)], corrected), AccuracyError::NoCorrection);
    let two = [stratum(1, 9), stratum(2, 9)];
    let across = assess(&two, &[in_cluster(0), in_cluster(1)], &Terms::default(), &Options::default()).unwrap_err();
    assert!(matches!(across, AccuracyError::ClusterAcrossStrata { .. }));
    assert!(matches!(
        refused(&plain(), Options { confidence: 95.0, ..Options::default() }),
        AccuracyError::BadConfidence { .. }
    ));
}
