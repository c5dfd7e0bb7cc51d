//! `mutirao contract pack`.

use std::path::{Path, PathBuf};

use mutirao_engine::EngineError;
use serde::Serialize;

use super::new::network;
use crate::{
    args::ContractPackArgs,
    command::{Failure, Stopped, print_json, print_line},
    contract::pack::{Pack, gather, write},
    coverage::Target,
    exit::Exit,
    network::Tools,
};

#[derive(Serialize)]
struct Body<'a> {
    verdict: &'static str,
    id: &'a str,
    out: &'a Path,
    files: Vec<&'a str>,
    withheld: &'a [String],
}

/// Packs a contract for its partner.
pub fn pack(args: &ContractPackArgs, tools: &Tools, json: bool) -> Exit {
    match made(args, tools) {
        Ok((pack, out)) => {
            tell(&pack, &out, json);
            Exit::Ok
        }
        Err(stopped) => stopped.failure.tell("contract", &stopped.findings, &stopped.texts, json),
    }
}

fn made(args: &ContractPackArgs, tools: &Tools) -> Result<(Pack, PathBuf), Stopped> {
    if let Some(out) = args.out.as_ref().filter(|out| !out.extension().is_some_and(|e| e.eq_ignore_ascii_case("zip"))) {
        let error = format!("{} does not end in .zip", out.display());
        return Err(Failure::usage(error, "a pack is known by its ending").into());
    }
    let pack = gather(&args.layer, &network(&args.network)?, tools)?;
    let plain = |c: char| if c.is_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let own = || PathBuf::from(format!("{}-pack.zip", pack.id.chars().map(plain).collect::<String>()));
    let target = Target::begin(&args.out.clone().unwrap_or_else(own), args.overwrite)?;
    write(&pack, target.file())
        .map_err(EngineError::io("write", target.file()))
        .map_err(|error| Failure::of(&error))?;
    let out = target.finish()?;
    Ok((pack, out))
}

fn tell(pack: &Pack, out: &Path, json: bool) {
    let files: Vec<&str> = pack.files.keys().map(String::as_str).collect();
    if json {
        let Pack { id, withheld, .. } = pack;
        print_json("contract", Body { verdict: "packed", id, out, files, withheld });
        return;
    }
    print_line(&out.display().to_string());
    files.iter().for_each(|file| print_line(&format!("  {}", file.escape_debug())));
    for file in &pack.withheld {
        anstream::eprintln!("withheld, not in the pack: {}", file.escape_debug());
    }
}
