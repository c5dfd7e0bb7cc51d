//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Many partners, one map: checks, merges and publishes the land-cover layers of a network.
#[derive(Debug, Parser)]
#[command(name = "mutirao", version, max_term_width = 100, arg_required_else_help = true)]
#[command(
    after_help = "Examples:\n  mutirao init my-network          a network's folder that runs as it stands\n  mutirao lint my-network          is everything in order?\n  mutirao run my-network --out out merge, export, publish\n\nExit codes: 0 ok, 1 findings, 2 usage, 4 environment (space, permission, lock), 5 internal, 130 interrupted."
)]
pub struct Cli {
    /// Print one JSON object on standard output instead of words
    #[arg(long, global = true, display_order = 900)]
    pub json: bool,
    /// Where translations of foreign files and records of tiles are kept [default: the user's cache folder]
    #[arg(long, global = true, value_name = "DIR", env = "MUTIRAO_CACHE", hide_env_values = true, display_order = 900)]
    pub cache: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a network's folder that runs as it stands
    #[command(after_help = "Example:\n  mutirao init my-network && mutirao run my-network")]
    Init {
        /// The new folder
        dir: PathBuf,
    },
    /// Hold a delivery against its contract, before the network does
    #[command(
        after_help = "FILE is a raster, a vector or a table; several are one delivery (a file a period, or tiles).\nWhich file speaks for which period is taken from the names that the contract gives\nfiles and bands, or from --period. What --json, --junit and --sarif hold is the same judgement.\n\nExamples:\n  mutirao check mining_2019.tif mining_2020.tif --contract contracts/mining.odcs.yaml\n  mutirao check mining.tif --contract mining-pack.zip --period 2020\n  mutirao check mining_*.tif --contract mining-pack.zip --preview pictures\n  mutirao check mining_*.tif --contract mining-pack.zip --junit check.xml --sarif check.sarif\n  mutirao check --json mining_*.tif --contract mining-pack.zip | jq .verdict"
    )]
    Check(CheckArgs),
    /// Draft a contract from a layer, or pack one for its partner
    #[command(
        subcommand,
        arg_required_else_help = true,
        after_help = "Examples:\n  mutirao contract new mining_*.tif --out mining.odcs.yaml\n  mutirao contract pack mining --network my-network"
    )]
    Contract(ContractCommand),
    /// Check pipeline, legend, crosswalks and rules without reading a pixel
    #[command(
        after_help = "Examples:\n  mutirao lint pipelines/demo\n  mutirao lint --json pipelines/demo/pipeline.yaml | jq '.findings[].code'"
    )]
    Lint(PipelineArg),
    /// Show what a run would read, warp, skip, copy and write, and about how long it takes; writes nothing
    #[command(
        after_help = "After a run, tiles of which nothing changed are copied from its release. Here a file of the same\nlength and time counts as unchanged; a run compares hashes. Contracts are read, but nothing is held\nagainst them; a run does that first.\n\nExample:\n  mutirao plan pipelines/demo"
    )]
    Plan {
        #[command(flatten)]
        pipeline: PipelineArg,
        /// Where the releases are that a run would copy tiles from
        #[arg(long, value_name = "DIR", default_value = "out")]
        out: PathBuf,
        /// Threads that a run would use [default: all cores]
        #[arg(long, value_name = "N")]
        threads: Option<usize>,
        /// Memory that a run may use, such as 512M or 2G
        #[arg(long, value_name = "BYTES", value_parser = parse_bytes, default_value = "512M")]
        memory: u64,
    },
    /// Check, merge, export, publish
    #[command(
        after_help = "Examples:\n  mutirao run pipelines/demo --out out\n  mutirao run pipelines/demo --out out --overwrite --threads 2 --memory 1G\n  mutirao run pipelines/demo --draft --bbox=-50.0,1.7,-49.9,1.8 --period 2020"
    )]
    Run(RunArgs),
    /// For one place: every layer's class, the rule that won, why the others did not, the partner
    #[command(
        after_help = "Examples:\n  mutirao explain out/demo/2026.1 -- -51.25 0.95\n  mutirao explain out/demo/2026.1 --xy 472015 105015 --period 2020"
    )]
    Explain(ExplainArgs),
    /// Check every file of a release against its manifest, and every row against the pixels
    #[command(after_help = "Example:\n  mutirao verify out/demo/2026.1")]
    Verify {
        /// The release's folder
        release: PathBuf,
    },
    /// The patches of any finished coverage as polygons: pixels of one class and source that touch along edges
    #[command(
        after_help = "COVERAGE is the folder of a release (all periods, sources from its provenance) or any GeoTIFF of classes.\nPatches are cut at the lines of a lattice of 4,096 pixels; the parts of one patch share its number.\n\nExamples:\n  mutirao patches out/demo/2026.1 --min-ha 1 --classes '[3, 15]'\n  mutirao patches landcover_2020.tif --out landcover_2020_patches.parquet"
    )]
    Patches(PatchesArgs),
    /// The areas of any finished coverage by any territories
    #[command(
        after_help = "COVERAGE is the folder of a release or any GeoTIFF of classes. The columns are those of areas.parquet.\nOf a GeoTIFF, what holds nothing is not counted: it does not say where its area ends.\n\nExamples:\n  mutirao areas out/demo/2026.1 --territories watersheds.gpkg --key code\n  mutirao areas landcover_2020.tif --territories parks.shp --key id --name title --out parks.parquet"
    )]
    Areas(AreasArgs),
    /// How right a coverage is, by sample points: confusion matrix, accuracies, areas with intervals
    #[command(
        after_help = "COVERAGE is the folder of a release or any GeoTIFF of classes. SAMPLES is a CSV file with the\ncolumns x, y and reference, or any vector file of points with an attribute reference. Both may\nhave the columns period, alternate, stratum, weight and cluster. Without --strata, strata are the\nmap's classes; with a column weight or cluster and no stratum, the whole map.\n\nExamples:\n  mutirao accuracy out/demo/2026.1 samples.gpkg\n  mutirao accuracy out/demo/2026.1 samples.csv --crs EPSG:4326 --period 2020 --level 1\n  mutirao accuracy landcover_2020.tif samples.csv --strata strata.csv --out accuracy.csv"
    )]
    Accuracy(AccuracyArgs),
    /// Print a completion script for a shell
    #[command(hide = true)]
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    #[command(hide = true)]
    Man,
}

#[derive(Debug, Args)]
pub struct PipelineArg {
    /// pipeline.yaml, or the folder that it is in
    #[arg(value_name = "PIPELINE")]
    pub path: PathBuf,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The delivered files
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// The contract: its YAML file in the network's folder, or a pack of it (.zip)
    #[arg(long, value_name = "FILE")]
    pub contract: PathBuf,
    /// The one period that the files speak for: one of the contract's
    #[arg(long)]
    pub period: Option<String>,
    /// The files of the delivery before, for the check `change`; may be given several times
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub previous: Vec<PathBuf>,
    /// Rehearse: merge the delivery into this network's coverage as a draft, and tell how much would change
    #[arg(long, value_name = "DIR")]
    pub network: Option<PathBuf>,
    /// The instant at which punctuality is judged, such as 2026-06-15T12:00:00Z [default: now]
    #[arg(long, value_name = "TIME", value_parser = mutirao_contract::deliveries::instant)]
    pub at: Option<jiff::Timestamp>,
    #[command(flatten)]
    pub record: RecordArgs,
    /// Write what came of every rule as JUnit XML, for CI; replaces the file, `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Write the findings as SARIF 2.1.0, for the pages of a code host; replaces the file, `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub sarif: Option<PathBuf>,
    /// Draw every finding that has a place in a raster or vector: a PNG file each, in this folder
    #[arg(long, value_name = "DIR")]
    pub preview: Option<PathBuf>,
    /// Threads [default: all cores]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
}

/// For the network: writing a delivery down.
#[derive(Debug, Args)]
pub struct RecordArgs {
    /// For the network: run withheld checks too, and add the delivery to deliveries.csv in the network's folder
    #[arg(long, requires = "received", conflicts_with = "network")]
    pub record: bool,
    /// When the delivery came, with its offset, such as 2026-06-15T21:04:00-03:00
    #[arg(long, value_name = "TIME", requires = "record")]
    pub received: Option<String>,
    /// The delivery's version [default: the next whole number; the very bytes recorded last are not recorded again]
    #[arg(long, value_name = "VERSION", requires = "record")]
    pub delivery: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum ContractCommand {
    /// Draft a contract from what a layer's files say and hold
    #[command(
        after_help = "FILE is a raster, a vector or a table; several rasters are one layer (a file a period, or tiles).\nThe draft says in comments what was measured; what is to hold is for both sides to agree on.\nThe files themselves pass it.\n\nExamples:\n  mutirao contract new mining_*.tif\n  mutirao contract new mining_*.tif --network my-network --out my-network/contracts/mining.odcs.yaml\n  mutirao contract new --json mining_2020.tif | jq -r .text"
    )]
    New(ContractNewArgs),
    /// Pack a contract with all that the partner needs to check a delivery into one zip file
    #[command(
        after_help = "LAYER is a layer of the pipeline, layer/member of a composite, or the file of a contract. The pack holds the\ncontract, the legend, the crosswalk, the grid, the responsible area and all that the contract names, but never\nwhat is withheld. The partner needs nothing else: mutirao check FILE... --contract PACK.zip\n\nExamples:\n  mutirao contract pack mining --network my-network\n  mutirao contract pack base/mata --network my-network --out mata.zip"
    )]
    Pack(ContractPackArgs),
    /// What is due next in a network, and for whom
    #[command(
        after_help = "Deliveries are those in deliveries.csv of the network's folder, as `mutirao check --record` writes them.\n\nExamples:\n  mutirao contract calendar --network my-network\n  mutirao contract calendar --network my-network --at 2026-06-01T00:00:00Z --json"
    )]
    Calendar(ContractCalendarArgs),
}

#[derive(Debug, Args)]
pub struct ContractCalendarArgs {
    /// The network's folder, or its pipeline.yaml
    #[arg(long, value_name = "DIR")]
    pub network: PathBuf,
    /// The instant that is asked about, such as 2026-06-15T12:00:00Z [default: now]
    #[arg(long, value_name = "TIME", value_parser = mutirao_contract::deliveries::instant)]
    pub at: Option<jiff::Timestamp>,
}

#[derive(Debug, Args)]
pub struct ContractNewArgs {
    /// The files of the layer
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The contract's id: the layer's name [default: the files' name, without the period]
    #[arg(long)]
    pub id: Option<String>,
    /// Of a vector file of several layers: the one that the contract is for; its name is the id then
    #[arg(long, value_name = "NAME")]
    pub layer: Option<String>,
    /// The network that the layer is for: gives its id, its legend, and the crosswalk of the layer of that id
    #[arg(long, value_name = "DIR")]
    pub network: Option<PathBuf>,
    /// The file to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Replace the file if it is there already
    #[arg(long)]
    pub overwrite: bool,
    /// Threads [default: all cores]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
}

#[derive(Debug, Args)]
pub struct ContractPackArgs {
    /// A layer, layer/member, or the file of a contract
    pub layer: String,
    /// The network's folder, or its pipeline.yaml
    #[arg(long, value_name = "DIR")]
    pub network: PathBuf,
    /// The file to write [default: <contract's id>-pack.zip]
    #[arg(long, value_name = "FILE.zip")]
    pub out: Option<PathBuf>,
    /// Replace the file if it is there already
    #[arg(long)]
    pub overwrite: bool,
}

#[derive(Debug, Args)]
pub struct RunArgs {
    #[command(flatten)]
    pub pipeline: PipelineArg,
    /// Where releases are put: `<out>/<id>/<version>`
    #[arg(long, value_name = "DIR", default_value = "out")]
    pub out: PathBuf,
    /// Threads [default: all cores]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// Memory that the run may use, such as 512M or 2G
    #[arg(long, value_name = "BYTES", value_parser = parse_bytes, default_value = "512M")]
    pub memory: u64,
    /// Replace the release if it is there already
    #[arg(long)]
    pub overwrite: bool,
    /// Tell where the processor's time went, by stage; the manifest says it too
    #[arg(long)]
    pub timings: bool,
    /// Draw where the time went as a flame graph: SVG, or folded stacks where the name ends in .folded
    #[arg(long, value_name = "FILE")]
    pub flame: Option<PathBuf>,
    /// Make every tile, also those that could be copied from an earlier release because nothing changed in them
    #[arg(long, conflicts_with = "draft")]
    pub fresh: bool,
    #[command(flatten)]
    pub choice: ChoiceArgs,
    #[command(flatten)]
    pub draft: DraftArgs,
}

/// What to do about deliveries that break their contracts.
#[derive(Debug, Default, Args)]
pub struct ChoiceArgs {
    /// Go on without a layer, or a member of a composite (base/mata); may be given several times
    #[arg(long, value_name = "LAYER")]
    pub without: Vec<String>,
    /// Take the last delivery of a layer that passed, by deliveries.csv; its source must have {version}
    #[arg(long, value_name = "LAYER")]
    pub last_passing: Vec<String>,
    /// Findings that may pass: who allowed what, why, and until when [default: waivers.csv in the network's folder, if it is there]
    #[arg(long, value_name = "FILE")]
    pub waivers: Option<PathBuf>,
    /// The instant at which waivers and punctuality are judged, such as 2026-06-15T12:00:00Z [default: now]
    #[arg(long, value_name = "TIME", value_parser = mutirao_contract::deliveries::instant)]
    pub at: Option<jiff::Timestamp>,
}

#[derive(Debug, Args)]
pub struct DraftArgs {
    /// Try it out: writes `<out>/<id>/draft`, never a release; its pixels are those of the full run
    #[arg(long)]
    pub draft: bool,
    /// Of a draft: only the tiles that meet this box, in degrees
    #[arg(long, value_name = "W,S,E,N", requires = "draft", allow_hyphen_values = true)]
    pub bbox: Option<Bbox>,
    /// Of a draft: only the tiles that meet the bounds of a territory, such as municipality=1600105
    #[arg(long, value_name = "KIND=KEY", requires = "draft")]
    pub territory: Option<String>,
    /// Of a draft: only this period; may be given several times
    #[arg(long, value_name = "PERIOD", requires = "draft")]
    pub period: Vec<String>,
}

/// West, south, east, north in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bbox(pub [f64; 4]);

impl std::str::FromStr for Bbox {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers: Vec<f64> =
            text.split(',').map(|part| part.trim().parse()).collect::<Result<_, _>>().unwrap_or_default();
        let [west, south, east, north] = <[f64; 4]>::try_from(numbers)
            .map_err(|_| format!("\"{text}\" is not four numbers: west,south,east,north"))?;
        let sane = west < east && south < north && west >= -360.0 && east <= 360.0 && south >= -90.0 && north <= 90.0;
        if sane {
            Ok(Bbox([west, south, east, north]))
        } else {
            Err(format!("\"{text}\" is no box: west,south,east,north"))
        }
    }
}

impl std::fmt::Display for Bbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [west, south, east, north] = self.0;
        write!(f, "{west},{south},{east},{north}")
    }
}

#[derive(Debug, Args)]
pub struct PatchesArgs {
    /// The folder of a release, or a GeoTIFF of classes
    pub coverage: PathBuf,
    /// A raster of sources on the same grid (its first band), for a GeoTIFF
    #[arg(long, value_name = "FILE")]
    pub provenance: Option<PathBuf>,
    /// Leave out patches that are smaller in all
    #[arg(long, value_name = "X", value_parser = parse_hectares, default_value = "0")]
    pub min_ha: f64,
    /// Patches of these classes only: 3, [3, 4], 50..100, 14+, { not: 33 } [default: all]
    #[arg(long, value_name = "SET")]
    pub classes: Option<String>,
    /// The file to write: GeoParquet where it ends in .parquet, a GeoPackage (without spatial index) in .gpkg
    #[arg(long, value_name = "FILE", default_value = "coverage.parquet")]
    pub out: PathBuf,
    /// Replace the file if it is there already
    #[arg(long)]
    pub overwrite: bool,
}

#[derive(Debug, Args)]
pub struct AreasArgs {
    /// The folder of a release, or a GeoTIFF of classes
    pub coverage: PathBuf,
    /// A vector file of polygons
    #[arg(long, value_name = "FILE")]
    pub territories: PathBuf,
    /// What the territories are called in the table [default: the file's name]
    #[arg(long, value_name = "NAME")]
    pub kind: Option<String>,
    /// The attribute that tells territories apart
    #[arg(long, value_name = "COLUMN")]
    pub key: String,
    /// The attribute with their names [default: the key]
    #[arg(long, value_name = "COLUMN")]
    pub name: Option<String>,
    /// Take a ballpark transformation for good enough
    #[arg(long)]
    pub allow_ballpark: bool,
    /// The file to write: CSV where it ends in .csv, else Parquet [default: CSV on standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Replace the file if it is there already
    #[arg(long)]
    pub overwrite: bool,
}

#[derive(Debug, Args)]
pub struct AccuracyArgs {
    /// The folder of a release, or a GeoTIFF of classes
    pub coverage: PathBuf,
    /// The sample points: CSV, or any vector file of points
    pub samples: PathBuf,
    /// Only this period [default: those that the samples name]
    #[arg(long)]
    pub period: Option<String>,
    /// The CRS of the points [default: a vector file's own; of CSV, the coverage's]
    #[arg(long, value_name = "CRS")]
    pub crs: Option<String>,
    /// Take a ballpark transformation for good enough
    #[arg(long)]
    pub allow_ballpark: bool,
    /// The estimator; auto takes the one that the design asks for
    #[arg(long, value_enum, value_name = "NAME", default_value = "auto")]
    pub estimator: EstimatorArg,
    /// Sizes of the strata: CSV (stratum,pixels,area_ha if known), or a raster on the coverage's grid
    #[arg(long, value_name = "FILE")]
    pub strata: Option<PathBuf>,
    /// Group classes by a level of the legend, 1 at the top
    #[arg(long, value_name = "N")]
    pub level: Option<usize>,
    /// How often intervals shall hold the truth
    #[arg(long, value_name = "SHARE", value_parser = parse_confidence, default_value = "0.95")]
    pub confidence: f64,
    /// Agreement with the alternate class counts too
    #[arg(long)]
    pub alternate: bool,
    /// Pairs of classes that count as right: CSV (map,reference)
    #[arg(long, value_name = "FILE")]
    pub admissible: Option<PathBuf>,
    /// Whether errors shrink with the share of a stratum that was sampled [default: true for stehman2014]
    #[arg(long, value_name = "true|false")]
    pub finite_population: Option<bool>,
    /// The CSV file to write, one number a row
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Replace the file if it is there already
    #[arg(long)]
    pub overwrite: bool,
}

/// Estimators by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lowercase")]
pub enum EstimatorArg {
    /// What the design asks for
    Auto,
    /// Strata are the map's classes
    Olofsson2014,
    /// Strata are anything
    Stehman2014,
}

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The release's folder
    pub release: PathBuf,
    /// Longitude in degrees (put -- before negative numbers)
    #[arg(value_name = "LON", required_unless_present = "xy", conflicts_with = "xy", requires = "lat")]
    pub lon: Option<f64>,
    /// Latitude in degrees
    #[arg(value_name = "LAT")]
    pub lat: Option<f64>,
    /// Coordinates in the coverage's CRS instead
    #[arg(long, num_args = 2, value_names = ["X", "Y"], allow_negative_numbers = true)]
    pub xy: Option<Vec<f64>>,
    /// Only this period [default: all]
    #[arg(long)]
    pub period: Option<String>,
    /// Look for the inputs in this folder instead of where they were
    #[arg(long, value_name = "DIR")]
    pub inputs: Option<PathBuf>,
}

/// Bytes, with K, M, G for powers of 1024.
fn parse_bytes(text: &str) -> Result<u64, String> {
    let trimmed = text.trim().trim_end_matches(['B', 'b']).trim_end_matches('i');
    let (digits, unit) = match trimmed.char_indices().next_back() {
        Some((at, 'K' | 'k')) => (&trimmed[..at], 1 << 10),
        Some((at, 'M' | 'm')) => (&trimmed[..at], 1 << 20),
        Some((at, 'G' | 'g')) => (&trimmed[..at], 1 << 30),
        _ => (trimmed, 1u64),
    };
    let number: f64 = digits.parse().map_err(|_| format!("\"{text}\" is no number of bytes, such as 512M or 2G"))?;
    let bytes = number * unit as f64;
    if bytes >= 1.0 { Ok(bytes as u64) } else { Err("must be at least one byte".to_owned()) }
}

/// Hectares: a number that is not negative.
fn parse_hectares(text: &str) -> Result<f64, String> {
    let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0);
    number.ok_or_else(|| format!("\"{text}\" is no number of hectares"))
}

/// A confidence: a share from 0.5 to 0.9999.
fn parse_confidence(text: &str) -> Result<f64, String> {
    let number = text.trim().parse().ok().filter(|number: &f64| (0.5..=0.9999).contains(number));
    number.ok_or_else(|| format!("\"{text}\" is no share from 0.5 to 0.9999, such as 0.95"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn bytes_are_read_with_their_unit() {
        assert_eq!(parse_bytes("512M"), Ok(512 << 20));
        assert_eq!(parse_bytes("1.5GiB"), Ok(3 << 29));
        assert!(parse_bytes("much").is_err());
    }
}
