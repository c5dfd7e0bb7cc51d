//! The codec floor of a run: what it costs to decode every stored block of its inputs once and to encode every tile of its rasters
//! and overviews once, with the codecs that the engine has, and nothing else. No run with these codecs can cost less.
//!
//! ```text
//! mutirao-floor --threads 2 --codec deflate:6 --input a.tif --input b.tif --output coverage.tif --output provenance.tif
//! ```
//!
//! Blocks are decoded into a buffer that is reused and then forgotten. The rasters of a finished release are read beforehand,
//! which does not count; tiles of one value are encoded once, as a run does. What it prints is JSON.
#![forbid(unsafe_code)]

mod clock;
mod codec;
mod crew;
mod decode;
mod encode;
mod error;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use serde::Serialize;

use crate::{codec::Codec, error::Error};

/// What the codecs of a run cost alone
#[derive(Debug, Parser)]
struct Args {
    /// Threads
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// How outputs are compressed: deflate:LEVEL or zstd:LEVEL
    #[arg(long)]
    codec: Codec,
    /// A GeoTIFF whose blocks are decoded; may be given several times
    #[arg(long = "input", value_name = "FILE")]
    inputs: Vec<PathBuf>,
    /// A GeoTIFF whose tiles are encoded, all bands and overviews; may be given several times
    #[arg(long = "output", value_name = "FILE")]
    outputs: Vec<PathBuf>,
}

/// What is printed.
#[derive(Debug, Serialize)]
struct Floor {
    threads: usize,
    decode: decode::Decoded,
    encode: encode::Encoded,
}

fn measure(args: &Args) -> Result<Floor, Error> {
    let threads = args.threads.max(1);
    Ok(Floor {
        threads,
        decode: decode::all(&args.inputs, threads)?,
        encode: encode::all(&args.outputs, args.codec, threads)?,
    })
}

fn main() -> ExitCode {
    let printed = measure(&Args::parse()).and_then(|floor| Ok(serde_json::to_string(&floor)?));
    match printed {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
