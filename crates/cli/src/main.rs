//! `mutirao`: many partners, one map.
//!
//! The command line: configuration, wiring, progress, messages and exit codes. What is decided, is decided in the rooms below.
#![forbid(unsafe_code)]

mod args;
mod command;
mod door;
mod encoder;
mod exit;
mod explain;
mod network;
mod open;
mod release;
mod show;
mod verify;

use std::num::NonZero;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::{
    args::{Cli, Command},
    exit::Exit,
    network::Tools,
};

fn main() -> ExitCode {
    let cli = Cli::parse();
    show::progress::listen_for_interrupts();
    match Tools::new(cli.cache.clone()) {
        Ok(tools) => interrupted(dispatch(&cli, &tools)).into(),
        Err(error) => {
            anstream::eprintln!("error: no temporary folder: {error}");
            Exit::Environment.into()
        }
    }
}

fn dispatch(cli: &Cli, tools: &Tools) -> Exit {
    match &cli.command {
        Command::Init { dir } => command::init(dir, tools, cli.json),
        Command::Lint(pipeline) => command::lint(pipeline, tools, cli.json),
        Command::Plan { pipeline, threads, memory } => command::plan(pipeline, cores(*threads), *memory, tools, cli.json),
        Command::Run(args) => command::run(args, cores(args.threads), tools, cli.json),
        Command::Explain(args) => command::explain(args, tools, cli.json),
        Command::Verify { release } => command::verify(release, cores(None), tools, cli.json),
        Command::Completions { shell } => {
            clap_complete::generate(*shell, &mut Cli::command(), "mutirao", &mut std::io::stdout());
            Exit::Ok
        }
        Command::Man => match clap_mangen::Man::new(Cli::command()).render(&mut std::io::stdout()) {
            Ok(()) => Exit::Ok,
            Err(_) => Exit::Environment,
        },
    }
}

/// What fails because somebody asked to stop, was interrupted: the door's child dies of the same signal, for one.
fn interrupted(exit: Exit) -> Exit {
    if exit != Exit::Ok && show::progress::is_cancelled() { Exit::Interrupted } else { exit }
}

/// The threads asked for, or one a core.
fn cores(threads: Option<usize>) -> usize {
    threads.filter(|threads| *threads > 0).unwrap_or_else(|| std::thread::available_parallelism().map_or(1, NonZero::get))
}
