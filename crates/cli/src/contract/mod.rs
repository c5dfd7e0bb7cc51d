//! Contracts made: drafted from a layer, and packed for the partner.

pub mod draft;
pub mod pack;
