//! Work on all threads whose results come in order, and within memory.

use std::collections::BTreeSet;
use std::sync::{
    Condvar, Mutex, PoisonError,
    mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
};

use crate::error::Result;

/// Results of one unit that may wait to be taken.
const WAITING: usize = 4;

/// The results of one unit, as they come.
type Turn<T> = Receiver<Result<T>>;

/// Does units 0, 1 and so on, on several threads; each may give any number of results, which are taken on this thread in the order of
/// the units. A unit that is ahead of its turn waits after a few results, so that memory does not grow.
///
/// `work` gives its results to a function that says whether more are wanted.
pub(super) fn in_order<T: Send>(
    threads: usize,
    units: usize,
    work: impl Fn(usize, &dyn Fn(T) -> bool) -> Result<()> + Sync,
    mut take: impl FnMut(usize, T) -> Result<()>,
) -> Result<()> {
    let next = Mutex::new(0);
    let (turns, queue) = channel::<Turn<T>>();
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, units.max(1)) {
            let (turns, next, work) = (turns.clone(), &next, &work);
            scope.spawn(move || {
                while let Some((unit, results)) = begin(next, units, &turns) {
                    if let Err(error) = work(unit, &|result| results.send(Ok(result)).is_ok()) {
                        // Nobody waits for it where an earlier unit failed too.
                        let _ = results.send(Err(error));
                        break;
                    }
                }
            });
        }
        drop(turns);
        // What is left of the queue is dropped with it, so that after an error nobody waits to be heard.
        queue
            .into_iter()
            .enumerate()
            .try_for_each(|(unit, turn)| turn.into_iter().try_for_each(|result| take(unit, result?)))
    })
}

/// Takes the next unit; its turn to be heard comes after those of all earlier ones. None where nobody listens any more.
fn begin<T>(next: &Mutex<usize>, units: usize, turns: &Sender<Turn<T>>) -> Option<(usize, SyncSender<Result<T>>)> {
    let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
    let unit = *next;
    let (results, turn) = sync_channel(WAITING);
    // Under the lock, so that turns come in the order of units.
    if unit == units || turns.send(turn).is_err() {
        return None;
    }
    *next += 1;
    Some((unit, results))
}

/// Shares out memory among units of work: the first of those at work always gets what it needs, the others while there is some left.
#[derive(Debug)]
pub(super) struct Gate {
    budget: u64,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    taken: u64,
    at_work: BTreeSet<usize>,
}

/// A unit at work; it gives back what it took.
#[derive(Debug)]
pub(super) struct Pass<'a> {
    gate: &'a Gate,
    unit: usize,
    bytes: u64,
}

impl Gate {
    pub(super) fn new(budget: u64) -> Self {
        Gate { budget, state: Mutex::default(), changed: Condvar::new() }
    }

    /// A unit begins; later ones wait for it rather than it for them.
    pub(super) fn begin(&self, unit: usize) -> Pass<'_> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).at_work.insert(unit);
        Pass { gate: self, unit, bytes: 0 }
    }
}

impl Pass<'_> {
    /// Takes memory, and waits until there is so much.
    pub(super) fn take(&mut self, bytes: u64) {
        let state = self.gate.state.lock().unwrap_or_else(PoisonError::into_inner);
        let must_wait = |state: &mut State| {
            state.taken + bytes > self.gate.budget && state.at_work.first().is_some_and(|first| *first < self.unit)
        };
        let mut state = self.gate.changed.wait_while(state, must_wait).unwrap_or_else(PoisonError::into_inner);
        state.taken += bytes;
        self.bytes += bytes;
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let mut state = self.gate.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.at_work.remove(&self.unit);
        state.taken -= self.bytes;
        self.gate.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::EngineError;

    #[test]
    fn results_come_in_order_on_any_number_of_threads() {
        for threads in [1, 2, 7] {
            let gate = Gate::new(10);
            let mut taken = Vec::new();
            let work = |unit: usize, give: &dyn Fn(usize) -> bool| {
                let mut pass = gate.begin(unit);
                pass.take(8);
                (0..unit % 20).all(|at| give(unit * 100 + at));
                Ok(())
            };
            in_order(threads, 50, work, |unit, result| {
                assert_eq!(result / 100, unit);
                taken.push(result);
                Ok(())
            })
            .unwrap();
            assert_eq!(
                taken,
                (0..50).flat_map(|unit| (0..unit % 20).map(move |at| unit * 100 + at)).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn an_error_ends_it_all() {
        let fails = |unit: usize, give: &dyn Fn(usize) -> bool| match unit {
            3 => Err(EngineError::Cancelled),
            _ => {
                (0..100).all(|_| give(unit));
                Ok(())
            }
        };
        assert!(matches!(in_order(3, 1000, fails, |_, _| Ok(())), Err(EngineError::Cancelled)));
        let endless = |unit: usize, give: &dyn Fn(usize) -> bool| {
            while give(unit) {}
            Ok(())
        };
        assert!(in_order(3, 1000, endless, |_, _| Err(EngineError::Cancelled)).is_err());
        in_order(3, 0, endless, |_, _| Ok(())).unwrap();
    }
}
