//! What people see: findings, progress, tables. Data go to standard output, talk to standard error.

pub mod checks;
pub mod findings;
pub mod progress;
pub mod table;
