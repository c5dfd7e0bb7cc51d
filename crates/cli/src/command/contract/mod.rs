//! `mutirao contract`: contracts made.

mod new;
mod pack;

pub use new::new;
pub use pack::pack;
