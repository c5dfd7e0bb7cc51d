//! Threads that share the work: whoever is free takes the next piece.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::error::{EngineError, Result};

/// Does pieces of work on threads, each with a hand of its own that it keeps from piece to piece; gives the hands back.
///
/// # Errors
/// Of several failures that of the earliest piece, so that the message is the same each time.
pub fn share_out<H: Send>(
    threads: usize,
    pieces: usize,
    hand: impl Fn() -> H + Sync,
    work: impl Fn(&mut H, usize) -> Result<()> + Sync,
) -> Result<Vec<H>> {
    let next = AtomicUsize::new(0);
    let failed: Mutex<Option<(usize, EngineError)>> = Mutex::new(None);
    let fail = |at: usize, error: EngineError| {
        let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
        if failed.as_ref().is_none_or(|(known, _)| at < *known) {
            *failed = Some((at, error));
        }
        next.store(pieces, Ordering::Relaxed);
    };
    let take = || {
        let mut hand = hand();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= pieces {
                return hand;
            }
            if let Err(error) = work(&mut hand, at) {
                fail(at, error);
                return hand;
            }
        }
    };
    let hands = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.clamp(1, pieces.max(1))).map(|_| scope.spawn(take)).collect();
        let join = |worker: std::thread::ScopedJoinHandle<'_, H>| {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        workers.into_iter().map(join).collect()
    });
    match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some((_, error)) => Err(error),
        None => Ok(hands),
    }
}

/// What comes of every piece, in their order.
///
/// # Errors
/// As [`share_out`].
pub fn on_threads<T: Send>(threads: usize, pieces: usize, work: impl Fn(usize) -> Result<T> + Sync) -> Result<Vec<T>> {
    let take = |hand: &mut Vec<(usize, T)>, at: usize| {
        hand.push((at, work(at)?));
        Ok(())
    };
    let mut done = share_out(threads, pieces, Vec::new, take)?.into_iter().flatten().collect::<Vec<_>>();
    done.sort_unstable_by_key(|(at, _)| *at);
    Ok(done.into_iter().map(|(_, piece)| piece).collect())
}
