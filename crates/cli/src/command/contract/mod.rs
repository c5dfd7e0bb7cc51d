//! `mutirao contract`: contracts made.

mod calendar;
mod new;
mod pack;

pub use calendar::calendar;
pub use new::new;
pub use pack::pack;
