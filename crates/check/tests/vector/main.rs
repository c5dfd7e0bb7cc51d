//! Vectors judged as users have them judged: a contract's text, and features.

mod brute;
mod cases;
mod support;
