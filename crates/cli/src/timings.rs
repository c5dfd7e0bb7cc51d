//! Where the processor's time goes: a stopwatch on the spans that the rooms below open.
//!
//! Every thread keeps a tree of the spans it has been in, and reads its own processor clock whenever it enters or leaves one. What a
//! span took by itself, without those within it, is its own time; a **stage** is the sum of that over all spans of a name. The door is a
//! program of its own, whose time is not in it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use tracing::{
    Event, Metadata, Subscriber,
    span::{Attributes, Id, Record},
};

mod flame;

/// Measures from now on.
#[derive(Debug, Clone, Default)]
pub struct Timings {
    trees: Arc<Mutex<Vec<Arc<Mutex<Tree>>>>>,
    /// The names of spans; a span's id is its name's place, from 1.
    names: Arc<Mutex<Vec<&'static str>>>,
}

/// Where the time went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Seconds of the processor that the whole program took, without the door.
    pub cpu_s: f64,
    /// By stage, its own seconds of the processor, all threads together.
    pub stages: BTreeMap<String, f64>,
}

/// The spans of one thread, each by its way from the root.
#[derive(Debug)]
struct Tree {
    nodes: Vec<Node>,
    /// The span at hand.
    at: usize,
    /// What the thread's clock said last, in nanoseconds.
    since: u64,
}

#[derive(Debug)]
struct Node {
    name: &'static str,
    parent: usize,
    /// Nanoseconds of the processor in the span itself.
    own: u64,
}

thread_local! {
    static TREE: RefCell<Option<Arc<Mutex<Tree>>>> = const { RefCell::new(None) };
}

impl Timings {
    /// Begins to measure all threads of the program.
    ///
    /// # Errors
    /// Where something else already listens to spans.
    pub fn begin() -> Result<Self, tracing::subscriber::SetGlobalDefaultError> {
        let timings = Timings::default();
        tracing::subscriber::set_global_default(timings.clone())?;
        Ok(timings)
    }

    /// Where the time went up to now.
    pub fn report(&self) -> Report {
        let mut stages: BTreeMap<String, f64> = BTreeMap::new();
        for (way, own) in self.ways() {
            if let Some(name) = way.last() {
                *stages.entry((*name).to_owned()).or_default() += seconds(own);
            }
        }
        Report { cpu_s: seconds(clock(ClockId::ProcessCPUTime)), stages }
    }

    /// Draws a flame graph, or writes its numbers.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn draw(&self, path: &Path) -> std::io::Result<()> {
        flame::write(path, &self.ways())
    }

    /// The spans' own nanoseconds, by their way from the root, of all threads together.
    fn ways(&self) -> BTreeMap<Vec<&'static str>, u64> {
        let mut ways: BTreeMap<Vec<&'static str>, u64> = BTreeMap::new();
        for tree in locked(&self.trees).iter() {
            let tree = locked(tree);
            for node in 1..tree.nodes.len() {
                *ways.entry(tree.way(node)).or_default() += tree.nodes[node].own;
            }
        }
        ways
    }

    fn on_tree(&self, work: impl FnOnce(&mut Tree)) {
        TREE.with_borrow_mut(|own| {
            let tree = own.get_or_insert_with(|| {
                let tree = Arc::new(Mutex::new(Tree::new()));
                locked(&self.trees).push(Arc::clone(&tree));
                tree
            });
            work(&mut locked(tree));
        });
    }
}

impl Tree {
    fn new() -> Self {
        let root = Node { name: "", parent: 0, own: 0 };
        Tree { nodes: vec![root], at: 0, since: clock(ClockId::ThreadCPUTime) }
    }

    /// What passed belongs to the span at hand; another is at hand from now on.
    fn go(&mut self, to: usize) {
        let now = clock(ClockId::ThreadCPUTime);
        self.nodes[self.at].own += now.saturating_sub(self.since);
        (self.since, self.at) = (now, to);
    }

    fn enter(&mut self, name: &'static str) {
        let parent = self.at;
        let known = self.nodes.iter().skip(1).position(|node| node.name == name && node.parent == parent);
        let to = known.map_or(self.nodes.len(), |place| place + 1);
        if known.is_none() {
            self.nodes.push(Node { name, parent, own: 0 });
        }
        self.go(to);
    }

    fn leave(&mut self) {
        self.go(self.nodes[self.at].parent);
    }

    fn way(&self, node: usize) -> Vec<&'static str> {
        let mut way = Vec::new();
        let mut at = node;
        while at != 0 {
            way.push(self.nodes[at].name);
            at = self.nodes[at].parent;
        }
        way.reverse();
        way
    }
}

impl Subscriber for Timings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.target().starts_with("mutirao")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let name = span.metadata().name();
        let mut names = locked(&self.names);
        let place = names.iter().position(|known| *known == name).unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        });
        Id::from_u64(place as u64 + 1)
    }

    fn enter(&self, span: &Id) {
        let name = locked(&self.names)[span.into_u64() as usize - 1];
        self.on_tree(|tree| tree.enter(name));
    }

    fn exit(&self, _: &Id) {
        self.on_tree(Tree::leave);
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
}

impl Report {
    /// A table for people: stages by what they took, and the rest.
    pub fn table(&self) -> String {
        let mut rows: Vec<(&str, f64)> = self.stages.iter().map(|(name, took)| (name.as_str(), *took)).collect();
        rows.sort_by(|a, b| b.1.total_cmp(&a.1));
        rows.push(("(elsewhere)", self.cpu_s - rows.iter().map(|(_, took)| took).sum::<f64>()));
        rows.push(("all", self.cpu_s));
        let line =
            |(name, took): &(&str, f64)| format!("{name:<12} {took:>9.2} s {:>5.1} %", 100.0 * took / self.cpu_s);
        rows.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn clock(id: ClockId) -> u64 {
    let time = clock_gettime(id);
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}

fn seconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Work that the compiler cannot leave out.
    fn work(rounds: u64) -> u64 {
        (0..rounds).fold(1, |sum, round| std::hint::black_box(sum.wrapping_mul(31).wrapping_add(round)))
    }

    #[test]
    fn own_time_is_told_by_stage_and_by_way() {
        let timings = Timings::default();
        tracing::subscriber::with_default(timings.clone(), || {
            for _ in 0..2 {
                let _tile = tracing::debug_span!(target: "mutirao_test", "tile").entered();
                tracing::debug_span!(target: "mutirao_test", "count").in_scope(|| work(2_000_000));
                tracing::debug_span!(target: "elsewhere", "other").in_scope(|| work(10));
            }
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    tracing::subscriber::with_default(timings.clone(), || {
                        tracing::debug_span!(target: "mutirao_test", "count").in_scope(|| work(10));
                    });
                });
            });
        });
        let ways: Vec<Vec<&str>> = timings.ways().into_keys().collect();
        assert_eq!(ways, [vec!["count"], vec!["tile"], vec!["tile", "count"]]);
        let report = timings.report();
        assert_eq!(report.stages.keys().collect::<Vec<_>>(), ["count", "tile"]);
        assert!(report.stages["count"] > report.stages["tile"], "{report:?}");
        assert!(report.cpu_s >= report.stages.values().sum(), "{report:?}");
        assert!(report.table().lines().next().is_some_and(|line| line.starts_with("count")), "{}", report.table());
    }
}
