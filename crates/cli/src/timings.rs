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

    /// Works on the thread's own tree, at the time of its own clock.
    fn on_tree(&self, work: impl FnOnce(&mut Tree, u64)) {
        let now = clock(ClockId::ThreadCPUTime);
        TREE.with_borrow_mut(|own| {
            let tree = own.get_or_insert_with(|| {
                let tree = Arc::new(Mutex::new(Tree::new(now)));
                locked(&self.trees).push(Arc::clone(&tree));
                tree
            });
            work(&mut locked(tree), now);
        });
    }
}

impl Tree {
    fn new(now: u64) -> Self {
        let root = Node { name: "", parent: 0, own: 0 };
        Tree { nodes: vec![root], at: 0, since: now }
    }

    /// What passed belongs to the span at hand; another is at hand from now on.
    fn go(&mut self, to: usize, now: u64) {
        self.nodes[self.at].own += now.saturating_sub(self.since);
        (self.since, self.at) = (now, to);
    }

    fn enter(&mut self, name: &'static str, now: u64) {
        let parent = self.at;
        let known = self.nodes.iter().skip(1).position(|node| node.name == name && node.parent == parent);
        let to = known.map_or(self.nodes.len(), |place| place + 1);
        if known.is_none() {
            self.nodes.push(Node { name, parent, own: 0 });
        }
        self.go(to, now);
    }

    fn leave(&mut self, now: u64) {
        self.go(self.nodes[self.at].parent, now);
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
        self.on_tree(|tree, now| tree.enter(name, now));
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

    #[test]
    fn what_passes_belongs_to_the_span_at_hand() {
        let mut tree = Tree::new(100);
        tree.enter("tile", 101);
        tree.enter("count", 111);
        tree.leave(131);
        tree.enter("count", 132);
        tree.leave(134);
        tree.leave(140);
        tree.enter("count", 150);
        tree.leave(155);
        let own: Vec<(Vec<&str>, u64)> =
            (1..tree.nodes.len()).map(|node| (tree.way(node), tree.nodes[node].own)).collect();
        assert_eq!(own, [(vec!["tile"], 10 + 1 + 6), (vec!["tile", "count"], 20 + 2), (vec!["count"], 5)]);
    }

    #[test]
    fn spans_of_all_threads_are_found_and_those_of_others_left_alone() {
        let timings = Timings::default();
        let span = |name: &'static str| match name {
            "tile" => tracing::debug_span!(target: "mutirao_test", "tile"),
            _ => tracing::debug_span!(target: "mutirao_test", "count"),
        };
        tracing::subscriber::with_default(timings.clone(), || {
            for _ in 0..2 {
                let _tile = span("tile").entered();
                span("count").in_scope(|| tracing::debug_span!(target: "elsewhere", "other").in_scope(|| ()));
            }
            std::thread::scope(|scope| {
                scope.spawn(|| tracing::subscriber::with_default(timings.clone(), || span("count").in_scope(|| ())));
            });
        });
        let ways: Vec<Vec<&str>> = timings.ways().into_keys().collect();
        assert_eq!(ways, [vec!["count"], vec!["tile"], vec!["tile", "count"]]);
        assert_eq!(timings.report().stages.keys().collect::<Vec<_>>(), ["count", "tile"]);
    }

    #[test]
    fn the_table_has_stages_by_what_they_took_and_the_rest() {
        let stages = BTreeMap::from([("count".to_owned(), 1.0), ("encode".to_owned(), 2.5)]);
        let table = Report { cpu_s: 5.0, stages }.table();
        let words: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(words[0], ["encode", "2.50", "s", "50.0", "%"]);
        assert_eq!(words[1], ["count", "1.00", "s", "20.0", "%"]);
        assert_eq!(words[2], ["(elsewhere)", "1.50", "s", "30.0", "%"]);
        assert_eq!(words[3], ["all", "5.00", "s", "100.0", "%"]);
    }
}
