//! Contracts and deliveries as files, read and judged.

mod example;
mod schema;
mod support;
