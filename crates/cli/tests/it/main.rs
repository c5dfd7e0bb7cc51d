//! The program as people use it: networks in, releases and messages out.

mod accuracy;
mod agreement;
mod check;
mod check_alone;
mod check_overlap;
mod check_rasters;
mod check_refusal;
mod check_tables;
mod checks;
mod contracts;
mod crosswalks;
mod faults;
mod gate;
mod gate_choice;
mod gate_lists;
mod gate_record;
mod invalid;
mod messages;
mod network_files;
mod semantics;
mod stac;
mod support;
mod texts;
mod timings;
mod verify;
mod verify_regions;
