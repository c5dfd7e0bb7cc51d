//! Reruns: whatever is changed in a network, what comes of a rerun is what comes of a fresh run, bit for bit.

mod runs;
mod world;

use std::path::{Path, PathBuf};

use mutirao_core::{
    crosswalk::Target,
    legend::Legend,
    pipeline::{self, NodataSpec},
    rule::Role,
    values::ValueSet,
};
use mutirao_engine::rerun::{Cause, Changes, Record};
use proptest::prelude::*;

use self::{
    runs::{Came, difference, run_once},
    world::{Memory, Network, at, class, layer, member},
};

/// What may happen to a network between two releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Nothing,
    Block(usize, u32, u32),
    RuleOrder(usize),
    RuleSet(usize, i32),
    Condition(i32),
    Territory(usize, i32),
    TerritoryKey,
    TerritoryMore,
    Crosswalk,
    CrosswalkSame,
    Colour,
    ClassMore,
    Parent,
    Period,
    Method(usize),
    LayerFirst,
    LayerGone,
    Nodata,
    Area,
    Fallback,
    Declared,
    FileName,
    Size,
    Sheet,
    Unclaimed,
}

use Change::*;

fn any_change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => (0usize..10, 0u32..150, 0u32..110).prop_map(|(raster, col, row)| Block(raster, col, row)),
        2 => (0usize..8).prop_map(RuleOrder),
        2 => (0usize..9, 1i32..5).prop_map(|(rule, value)| RuleSet(rule, value)),
        1 => (1i32..5).prop_map(Condition),
        2 => (0usize..3, -3i32..4).prop_map(|(one, by)| Territory(one, by)),
        1 => (0usize..6).prop_map(Method),
        6 => prop::sample::select(vec![
            Nothing, TerritoryKey, TerritoryMore, Crosswalk, CrosswalkSame, Colour, ClassMore, Parent, Period, LayerFirst,
            LayerGone, Nodata, Area, Fallback, Declared, FileName, Size, Sheet, Unclaimed,
        ]),
    ]
}

fn change(network: &mut Network, change: Change) {
    let pipeline = &mut network.pipeline;
    // Layers may have moved by an earlier change.
    let place = |pipeline: &pipeline::Pipeline, name: &str| pipeline.layers.iter().position(|layer| layer.name == name);
    match change {
        Nothing => {}
        Block(raster, col, row) => {
            let raster = network.rasters.values_mut().nth(raster).unwrap();
            let at = (row % raster.size[1] * raster.size[0] + col % raster.size[0]) as usize;
            raster.samples[at] = (raster.samples[at] + 1) % 5;
        }
        RuleOrder(rule) => pipeline.coverage.rules.swap(rule, rule + 1),
        RuleSet(rule, value) => pipeline.coverage.rules[rule].take = ValueSet::of(value),
        Condition(value) => {
            // Rules may have moved too.
            let condition = pipeline.coverage.rules.iter_mut().find_map(|rule| rule.conditions.first_mut());
            condition.unwrap().values = ValueSet::range(value, 9);
        }
        Territory(one, by) => network.territories[one].1[2][0] += f64::from(by),
        TerritoryKey => network.territories[0].0 = "z".to_owned(),
        TerritoryMore => network.territories.push(("a".to_owned(), [[0.0, 0.0], [9.0, 0.0], [9.0, -9.0], [0.0, -9.0]])),
        Crosswalk | CrosswalkSame => {
            let at = place(pipeline, "coded").unwrap();
            let crosswalk = pipeline.layers[at].members[0].crosswalk.as_mut().unwrap();
            crosswalk.lines[0].note = "looked at again".to_owned();
            if change == Crosswalk {
                crosswalk.lines[1].to = Target::Class(4);
            }
        }
        Colour | ClassMore | Parent => {
            let last = if change == ClassMore { 6 } else { 5 };
            let parent = |id| if change == Parent { (id == 3).then_some(1) } else { (id == 4).then_some(1) };
            pipeline.legend = Legend::new((1..last).map(|id| class(id, parent(id), 9)).collect()).unwrap();
        }
        Period => pipeline.periods[1] = pipeline::Period { label: "2020b".to_owned(), start: None, end: None },
        Method(which) => {
            use pipeline::Method as Way;
            let all = [Way::First, Way::Last, Way::Majority, Way::Min, Way::Max, Way::Prevalence];
            pipeline.coverage.method = all[which];
        }
        // A small layer, listed first: all sources have other numbers then.
        LayerFirst => {
            network.rasters.insert(PathBuf::from("new"), Memory::new([90.0, 80.0], [30, 20], [16, 16], 99));
            pipeline.layers.push(layer("new", Role::Class, vec![member([&["new"]; 3])]));
            pipeline.coverage.order.push(pipeline.layers.len() - 1);
            let mut first = pipeline.coverage.rules[3].clone();
            first.layer = pipeline.layers.len() - 1;
            pipeline.coverage.rules.insert(0, first);
        }
        LayerGone => {
            if place(pipeline, "height") == Some(pipeline.layers.len() - 1) {
                pipeline.layers.pop();
                pipeline
                    .coverage
                    .rules
                    .iter_mut()
                    .for_each(|rule| rule.conditions.retain(|one| one.layer != at::HEIGHT));
            }
        }
        Nodata => pipeline.layers[at::BASE].members[0].nodata = NodataSpec::Value(2),
        Area => pipeline.layers[at::JOINED].members[0].area.as_mut().unwrap().values = ValueSet::of(1),
        Fallback => pipeline.layers[at::JOINED].fallback = vec![0],
        Declared => pipeline.layers[at::WARPED].members[0].classes = Some(ValueSet::range(1, 3)),
        FileName => {
            let raster = network.rasters.remove(Path::new("theme1"));
            if let Some(raster) = raster {
                network.rasters.insert(PathBuf::from("theme1-again"), raster);
                pipeline.layers[at::THEME].members[0].inputs[0].files = vec![PathBuf::from("theme1-again")];
            }
        }
        Size => {
            let raster = network.rasters.get_mut(Path::new("warped")).unwrap();
            *raster = Memory::new(raster.at, [80, 50], raster.block, 7);
        }
        Sheet => pipeline.outputs.sheet = 48,
        Unclaimed => pipeline.coverage.unclaimed = Some(3),
    }
}

/// A network's fresh run.
fn fresh(network: &Network, record: &Path) -> Result<(Came, Changes), String> {
    run_once(network, 2, 1 << 30, None, record)
}

fn check(seed: u64, sheet: u32, changes: &[Change], threads: usize, memory: u64) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let record = |at: usize| folder.path().join(format!("{at}.record"));
    let mut network = Network::new(seed, sheet);
    let (mut earlier, _) = fresh(&network, &record(0)).unwrap();
    for (at, one) in changes.iter().enumerate() {
        change(&mut network, *one);
        let due = fresh(&network, &folder.path().join("fresh.record"));
        // Records are handed on from rerun to rerun.
        let came = run_once(&network, threads, memory, Some((&earlier, &record(at))), &record(at + 1));
        match (due, came) {
            (Ok((due, _)), Ok((came, changes))) => {
                prop_assert_eq!(difference(&due, &came), None, "{:?}: {:?}", one, changes);
                prop_assert!(changes.redone == 0 || !changes.causes.is_empty());
                prop_assert!(*one != Nothing || changes.redone == 0, "{:?}", changes);
                earlier = came;
            }
            (Err(due), Err(came)) => {
                prop_assert_eq!(due, came);
                return Ok(());
            }
            (due, came) => {
                let words = |result: &Result<_, String>| result.as_ref().err().cloned();
                prop_assert!(false, "{:?}: fresh {:?}, again {:?}", one, words(&due), words(&came));
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_rerun_is_a_fresh_run(
        seed in any::<u64>(),
        sheet in prop::sample::select(vec![64u32, 1 << 16]),
        changes in prop::collection::vec(any_change(), 1..4),
        threads in prop::sample::select(vec![1usize, 3]),
        memory in prop::sample::select(vec![1u64 << 12, 1 << 30]),
    ) {
        check(seed, sheet, &changes, threads, memory)?;
    }
}

/// What a change makes a rerun do.
fn changes_by(one: Change) -> Changes {
    let folder = tempfile::tempdir().unwrap();
    let record = |name: &str| folder.path().join(name);
    let mut network = Network::new(11, 1 << 16);
    let (earlier, _) = fresh(&network, &record("a")).unwrap();
    change(&mut network, one);
    run_once(&network, 2, 1 << 30, Some((&earlier, &record("a"))), &record("b")).unwrap().1
}

#[test]
fn only_what_changed_is_done_again() {
    for one in [Nothing, Colour, ClassMore, CrosswalkSame, FileName] {
        let changes = changes_by(one);
        assert_eq!((changes.copied, changes.redone), (70, 0), "{one:?}: {changes:?}");
    }
    // One pixel in a block of 16 x 16 that lies across the tiles.
    let changes = changes_by(Block(7, 30, 30));
    assert!((1..=4).contains(&changes.redone), "{changes:?}");
    assert!(
        matches!(&changes.causes[..], [Cause::File { layer, tiles, .. }] if layer == "theme" && *tiles == changes.redone)
    );
    let changes = changes_by(Crosswalk);
    assert!(matches!(&changes.causes[..], [Cause::Layer { layer, .. }] if layer == "coded"), "{changes:?}");
    assert!((1..35).contains(&changes.redone), "{changes:?}");
    let changes = changes_by(Territory(1, 2));
    assert!(matches!(&changes.causes[..], [Cause::Territories { kind, .. }] if kind == "place"), "{changes:?}");
    assert!((1..20).contains(&changes.redone), "{changes:?}");
    let changes = changes_by(LayerFirst);
    assert!(changes.copied > 0, "where the new layer is nothing, nothing changes but numbers of rules: {changes:?}");
    for one in [Period, Sheet] {
        let changes = changes_by(one);
        assert!(
            matches!(&changes.causes[..], [Cause::Everything { .. }]) && changes.copied == 0,
            "{one:?}: {changes:?}"
        );
    }
}

#[test]
fn a_record_that_is_not_whole_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record");
    fresh(&Network::new(3, 64), &path).unwrap();
    let whole = std::fs::read(&path).unwrap();
    Record::open(&path).unwrap();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(200));
    let spoil = (any::<prop::sample::Index>(), 1u8.., any::<bool>());
    let verdict = runner.run(&spoil, |(at, by, cut)| {
        let at = at.index(whole.len());
        let mut bytes = whole.clone();
        if cut {
            bytes.truncate(at);
        } else {
            bytes[at] ^= by;
        }
        std::fs::write(&path, bytes).unwrap();
        prop_assert!(Record::open(&path).is_err());
        Ok(())
    });
    verdict.unwrap();
    assert!(Record::open(&folder.path().join("missing")).is_err());
}
