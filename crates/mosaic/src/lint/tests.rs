//! The linter against the real table, against brute force, and past its bound.

mod bounds;
mod brute;
mod classes;
mod generate;
mod property;
mod real;
mod tables;
