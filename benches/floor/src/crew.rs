//! Threads that share a list of jobs.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::Error;

/// Jobs that a thread takes at once: neighbours lie together in the file.
const HANDFUL: usize = 8;

/// Does every job once, on so many threads, each with a state of its own; the states.
///
/// # Errors
/// The first error of any job, or [`Error::Panicked`].
pub fn share<J: Sync, S: Send>(
    jobs: &[J],
    threads: usize,
    state: impl Fn() -> Result<S, Error> + Sync,
    work: impl Fn(&mut S, &J) -> Result<(), Error> + Sync,
) -> Result<Vec<S>, Error> {
    let next = AtomicUsize::new(0);
    let one = || {
        let mut own = state()?;
        loop {
            let first = next.fetch_add(HANDFUL, Ordering::Relaxed);
            let Some(rest) = jobs.get(first..).filter(|rest| !rest.is_empty()) else { return Ok(own) };
            for job in rest.iter().take(HANDFUL) {
                work(&mut own, job)?;
            }
        }
    };
    std::thread::scope(|scope| {
        let crew: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        crew.into_iter().map(|thread| thread.join().map_err(|_| Error::Panicked)?).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_job_is_done_once_on_any_number_of_threads() {
        let jobs: Vec<u64> = (0..1001).collect();
        for threads in [1, 2, 5] {
            let sums = share(
                &jobs,
                threads,
                || Ok(0),
                |sum, job| {
                    *sum += job;
                    Ok(())
                },
            )
            .unwrap();
            assert_eq!((sums.len(), sums.iter().sum::<u64>()), (threads, 1000 * 1001 / 2));
        }
    }

    #[test]
    fn an_error_of_a_job_is_told() {
        let failed = share(&[1, 2], 2, || Ok(()), |(), _| Err(Error::Compress("no".to_owned())));
        assert_eq!(failed.unwrap_err().to_string(), "cannot compress: no");
    }
}
