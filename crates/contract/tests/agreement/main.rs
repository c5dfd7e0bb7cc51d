//! Contracts and deliveries as files, read and judged.

mod against;
mod calendar;
mod checks;
mod codes;
mod deliveries;
mod example;
mod hostile;
mod invalid;
mod judging;
mod schema;
mod support;
mod timelines;
