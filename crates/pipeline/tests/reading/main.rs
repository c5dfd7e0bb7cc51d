//! Pipelines read from folders made for the purpose.

mod codes;
mod crosswalks;
mod csv;
mod example;
mod hostile;
mod licences;
mod model;
mod resolving;
mod schema;
mod snapshot;
mod support;
