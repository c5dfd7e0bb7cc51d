//! `mutirao`: many partners, one map.
//!
//! The command line: configuration, wiring, progress, messages and exit codes. What is decided, is decided in the rooms below.
#![forbid(unsafe_code)]

mod accuracy;
mod args;
mod check;
mod command;
mod contract;
mod coverage;
mod door;
mod draw;
mod encoder;
mod exit;
mod explain;
mod finished;
mod gate;
mod network;
mod open;
mod rehearsal;
mod release;
mod rerun;
mod show;
mod timings;
mod told;
mod verify;

use std::num::NonZero;
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::{
    args::{Cli, Command, ContractCommand},
    command::Failure,
    exit::Exit,
    network::Tools,
};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error).into(),
    };
    show::progress::listen_for_interrupts();
    let tools = match Tools::new(cli.cache.clone()) {
        Ok(tools) => tools,
        Err(error) => return no_room(&error).tell_alone("error", cli.json).into(),
    };
    // A panic is a bug of ours, and ends as one: whatever was staged is gone by then.
    let ended = std::panic::catch_unwind(AssertUnwindSafe(|| tools.ended(dispatch(&cli, &tools))));
    ended.map_or_else(|_| bug().tell_alone("error", cli.json), interrupted).into()
}

/// A command line that is wrong, or that asks for help.
fn usage(error: &clap::Error) -> Exit {
    if error.use_stderr() && std::env::args_os().any(|arg| arg == "--json") {
        let words = error.render().to_string();
        let words = words.trim().trim_start_matches("error: ");
        return Failure { error: words.to_owned(), help: None, exit: Exit::Usage }.tell_alone("error", true);
    }
    // A reader that went away is no error.
    let _ = error.print();
    if error.use_stderr() { Exit::Usage } else { Exit::Ok }
}

fn no_room(error: &std::io::Error) -> Failure {
    Failure {
        error: format!("no temporary folder: {error}"),
        help: Some("make room there, or name another folder by TMPDIR".to_owned()),
        exit: Exit::Environment,
    }
}

fn bug() -> Failure {
    Failure {
        error: "the program broke off".to_owned(),
        help: Some("internal error, please report".to_owned()),
        exit: Exit::Internal,
    }
}

fn dispatch(cli: &Cli, tools: &Tools) -> Exit {
    match &cli.command {
        Command::Init { dir } => command::init(dir, tools, cli.json),
        Command::Check(args) => command::check(args, cores(args.threads), tools, cli.json),
        Command::Contract(ContractCommand::New(args)) => {
            command::contract_new(args, cores(args.threads), tools, cli.json)
        }
        Command::Contract(ContractCommand::Calendar(args)) => command::contract_calendar(args, cli.json),
        Command::Contract(ContractCommand::Pack(args)) => command::contract_pack(args, tools, cli.json),
        Command::Lint(pipeline) => command::lint(pipeline, tools, cli.json),
        Command::Plan { pipeline, out, threads, memory } => {
            command::plan(pipeline, out, cores(*threads), *memory, tools, cli.json)
        }
        Command::Run(args) => command::run(args, cores(args.threads), tools, cli.json),
        Command::Explain(args) => command::explain(args, tools, cli.json),
        Command::Verify { release } => command::verify(release, cores(None), tools, cli.json),
        Command::Patches(args) => command::patches(args, cores(None), tools, cli.json),
        Command::Areas(args) => command::areas(args, cores(None), tools, cli.json),
        Command::Accuracy(args) => command::accuracy(args, cores(None), tools, cli.json),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "mutirao", &mut script);
            command::print_line(String::from_utf8_lossy(&script).trim_end());
            Exit::Ok
        }
        Command::Man => {
            let mut page = Vec::new();
            // Writing to memory cannot fail.
            let _ = clap_mangen::Man::new(Cli::command()).render(&mut page);
            command::print_line(String::from_utf8_lossy(&page).trim_end());
            Exit::Ok
        }
    }
}

/// What fails because somebody asked to stop, was interrupted: the door's child dies of the same signal, for one.
fn interrupted(exit: Exit) -> Exit {
    if exit != Exit::Ok && show::progress::is_cancelled() { Exit::Interrupted } else { exit }
}

/// The threads asked for, or one a core.
fn cores(threads: Option<usize>) -> usize {
    threads
        .filter(|threads| *threads > 0)
        .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, NonZero::get))
}
