//! Progress on standard error: with rate and time left on a terminal, silent elsewhere.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use mutirao_core::sink::{Event, Observer};

static CANCELLED: AtomicBool = AtomicBool::new(false);

/// Draws bars, and passes on the wish to stop.
#[derive(Debug, Default)]
pub struct Progress {
    bar: Mutex<Option<ProgressBar>>,
}

impl Progress {
    /// Draws if somebody watches: not in CI, not on a dumb terminal, not where standard error is a file.
    pub fn new() -> Self {
        Progress::default()
    }

    fn is_watched() -> bool {
        let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
        std::io::stderr().is_terminal() && std::env::var_os("CI").is_none() && !is("TERM", "dumb")
    }
}

/// Lets Ctrl-C and termination stop the work at the next tile, so that nothing half-made is left.
pub fn listen_for_interrupts() {
    // Without a handler an interrupt ends the program at once, which leaves a staging folder for the next run to remove.
    let _ = ctrlc::set_handler(|| CANCELLED.store(true, Ordering::Relaxed));
}

/// Whether somebody asked to stop.
pub fn is_cancelled() -> bool {
    CANCELLED.load(Ordering::Relaxed)
}

impl Observer for Progress {
    fn event(&self, event: Event<'_>) {
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Begin { what, units } if Self::is_watched() => {
                let new = match units {
                    Some(units) => ProgressBar::new(units)
                        .with_style(style("{msg:>12} [{bar:30}] {pos}/{len} {per_sec} {eta} left")),
                    None => ProgressBar::new_spinner().with_style(style("{msg:>12} {spinner} {elapsed}")),
                };
                new.set_message(what.to_owned());
                new.enable_steady_tick(Duration::from_millis(200));
                *bar = Some(new);
            }
            Event::Begin { .. } => {}
            Event::Advance(units) => bar.iter().for_each(|bar| bar.inc(units)),
            Event::End => {
                if let Some(bar) = bar.take() {
                    bar.finish_and_clear();
                }
            }
            Event::Note(text) => match bar.as_ref() {
                Some(bar) => bar.suspend(|| anstream::eprintln!("{text}")),
                None => anstream::eprintln!("{text}"),
            },
        }
    }

    fn is_cancelled(&self) -> bool {
        is_cancelled()
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> ")
}
