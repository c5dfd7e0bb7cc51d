//! CPU and wall time of a phase of this process.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;

/// What phases cost, all threads together.
#[derive(Debug, Default, Clone, Copy, Serialize)]
pub struct Cost {
    /// User and system time, in seconds.
    pub cpu_s: f64,
    /// In seconds.
    pub wall_s: f64,
}

impl Cost {
    /// Does something and adds what it cost.
    pub fn of<T>(&mut self, phase: impl FnOnce() -> T) -> T {
        let (cpu, wall) = (cpu_time(), Instant::now());
        let done = phase();
        self.wall_s += wall.elapsed().as_secs_f64();
        self.cpu_s += (cpu_time() - cpu).as_secs_f64();
        done
    }
}

/// What all threads of this process have used, those that ended included.
fn cpu_time() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec as u32)
}
