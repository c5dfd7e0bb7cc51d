//! The tables written and read, and files of others read without trust.

mod corpus;
mod hostile;
mod patches;
mod rows;
mod vectors;
