//! One zip file with all that a partner needs to check a delivery.

mod archive;
mod area;
mod grid;
mod named;
mod raster;
mod readme;
mod rewrite;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use mutirao_contract::Contract;
use mutirao_core::{
    grid::Grid,
    pipeline::{Member, Overlap, Pipeline},
};
use mutirao_pipeline::Reading;

pub use self::archive::write;
use self::named::{Named, named};
use crate::{
    check::{Agreement, GRID, LAYER},
    command::{Failure, Stopped},
    exit::Exit,
    network::{Tools, member_bound},
    open::companions::parts_of,
};

/// What stands in a pack.
pub enum Content {
    /// A text, or bytes made for it.
    Bytes(Vec<u8>),
    /// A file as it is.
    File(PathBuf),
}

/// A pack that is not written yet.
pub struct Pack {
    /// The contract's id.
    pub id: String,
    /// The files by their place in it.
    pub files: BTreeMap<String, Content>,
    /// What the contract names and the network keeps to itself.
    pub withheld: Vec<String>,
}

/// What a pack is made of.
struct Sources<'a> {
    contract: &'a Contract,
    pipeline: &'a Pipeline,
    grid: Option<Grid>,
    tools: &'a Tools,
}

/// Gathers a pack: of a layer, `layer/member`, or the file of a contract.
///
/// # Errors
/// Where there is no such contract, it is not in order, or a file that it names is not there or withheld.
pub fn gather(asked: &str, network: &Reading, tools: &Tools) -> Result<Pack, Stopped> {
    let Some(pipeline) = &network.pipeline else {
        return Err(Failure::usage("the network has no pipeline", "name its folder with --network").into());
    };
    let path = contract_of(asked, network)?;
    let agreement = Agreement::open_in(&path, &pipeline.folder)?;
    let contract = &agreement.contract;
    let text = agreement.texts.get(&path.display().to_string()).cloned().unwrap_or_default();
    let sources = Sources { contract, pipeline, grid: grid::of(pipeline, tools), tools };
    let mut pack = Pack { id: contract.id.clone(), files: BTreeMap::new(), withheld: Vec::new() };
    let own = network.contracts.iter().find(|one| real(&one.path) == real(&path));
    let member = own.and_then(|own| member_bound(pipeline, own));
    let by_pipeline =
        member.and_then(|member| member.crosswalk.as_ref()).map(|crosswalk| Named::crosswalk(&crosswalk.path));
    let moved = pack.add_named(&sources, by_pipeline.as_ref())?;
    if let Some(text) = member.and_then(|member| layer(member, by_pipeline.as_ref())) {
        pack.add(LAYER, Content::Bytes(text.into_bytes()))?;
    }
    let text = rewrite::rewrite(&text, contract, &moved)?;
    pack.add(&contract_place(&path), Content::Bytes(text.into_bytes()))?;
    pack.add("legend.csv", Content::File(pipeline.legend_path.clone()))?;
    if let Some(grid) = &sources.grid {
        pack.add(GRID, Content::Bytes(grid::text(grid, &pipeline.id).into_bytes()))?;
    }
    let readme = readme::readme(&sources, &pack);
    pack.add("README.md", Content::Bytes(readme.into_bytes()))?;
    Ok(pack)
}

/// What the pipeline says of the layer, as a small text: of a vector the attribute that gives the value, with the crosswalk that it passes
/// through, and which of several files counts where they differ. None where it says nothing of that.
fn layer(member: &Member, crosswalk: Option<&Named>) -> Option<String> {
    let mut text = String::new();
    if let Some((attribute, crosswalk)) = member.attribute.as_deref().zip(crosswalk) {
        let [attribute, crosswalk] = [attribute, &crosswalk.place()].map(serde_json::Value::from);
        text.push_str(&format!("attribute: {attribute}\ncrosswalk: {crosswalk}\n"));
    }
    match member.overlap {
        Overlap::Error => {}
        Overlap::First => text.push_str("overlap: first\n"),
        Overlap::Last => text.push_str("overlap: last\n"),
    }
    (!text.is_empty()).then(|| format!("# What the network's pipeline says of the layer.\n{text}"))
}

/// The place of a contract in its pack.
fn contract_place(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let is_yaml = name.ends_with(".yaml") || name.ends_with(".yml");
    if is_yaml { format!("contracts/{name}") } else { format!("contracts/{name}.yaml") }
}

/// The file of the contract that is asked for.
fn contract_of(asked: &str, network: &Reading) -> Result<PathBuf, Failure> {
    let call = |one: &mutirao_pipeline::NamedContract| match &one.member {
        Some(member) => format!("{}/{member}", one.layer),
        None => one.layer.clone(),
    };
    if let Some(one) = network.contracts.iter().find(|one| call(one) == asked) {
        return Ok(one.path.clone());
    }
    let of_layer: BTreeSet<&Path> =
        network.contracts.iter().filter(|one| one.layer == asked).map(|one| one.path.as_path()).collect();
    if let (1, Some(path)) = (of_layer.len(), of_layer.first()) {
        return Ok(path.to_path_buf());
    }
    if Path::new(asked).is_file() {
        return Ok(PathBuf::from(asked));
    }
    let names: Vec<String> = network.contracts.iter().map(call).collect();
    let help = match names.is_empty() {
        true => "no layer of the pipeline names a contract; give the file of one".to_owned(),
        false => format!("those with a contract are {}", names.join(", ")),
    };
    let what =
        if of_layer.is_empty() { "there is no layer and no file" } else { "each member has its own contract of" };
    Err(Failure::usage(format!("{what} {asked}"), help))
}

impl Pack {
    fn add(&mut self, place: &str, content: Content) -> Result<(), Failure> {
        if self.files.insert(place.to_owned(), content).is_some() {
            let error = format!("two files of the contract would stand at {place} in the pack");
            let help = Some("give one of them another name".to_owned());
            return Err(Failure { error, help, exit: Exit::Findings });
        }
        Ok(())
    }

    /// Adds the files that the contract names; tells which of them it must call otherwise in the pack.
    /// `crosswalk` is that of the pipeline, which the contract need not name.
    fn add_named(
        &mut self,
        sources: &Sources<'_>,
        crosswalk: Option<&Named>,
    ) -> Result<BTreeMap<String, String>, Failure> {
        let folder = &sources.pipeline.folder;
        let mut all = named(sources.contract);
        all.extend(crosswalk.filter(|own| all.iter().all(|one| one.text != own.text)).cloned());
        let is_withheld: BTreeSet<PathBuf> =
            all.iter().filter(|one| one.withheld).map(|one| real(&folder.join(&one.text))).collect();
        self.withheld = all.iter().filter(|one| one.withheld).map(|one| one.text.clone()).collect();
        let mut moved = BTreeMap::new();
        for one in all.iter().filter(|one| !one.withheld) {
            if moved.contains_key(&one.text) {
                continue;
            }
            let path = folder.join(&one.text);
            if !path.exists() {
                return Err(missing(one, &path));
            }
            let withheld = parts_of(&path).iter().any(|part| is_withheld.contains(&real(part)));
            if withheld {
                return Err(both(one));
            }
            let place = self.add_one(one, &path, sources)?;
            moved.insert(one.text.clone(), place);
        }
        moved.retain(|text, place| text != place);
        Ok(moved)
    }

    /// Adds one file, and gives its place.
    fn add_one(&mut self, one: &Named, path: &Path, sources: &Sources<'_>) -> Result<String, Failure> {
        if let Some(term) = &one.area {
            let (place, content) = area::content(one, term, path, sources)?;
            if let Some(content) = content {
                self.add(&place, content)?;
                return Ok(place);
            }
        }
        let place = one.place();
        let folder = place.rsplit_once('/').map(|(folder, _)| format!("{folder}/")).unwrap_or_default();
        for part in parts_of(path) {
            let name = part.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let at = if part == path { place.clone() } else { format!("{folder}{name}") };
            self.add(&at, Content::File(part))?;
        }
        Ok(place)
    }
}

/// The file that a path leads to in the end.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

fn missing(one: &Named, path: &Path) -> Failure {
    Failure {
        error: format!("the contract names {}, and {} is not there", one.text, path.display()),
        help: Some("put the file there; `mutirao lint` tells all that are missing".to_owned()),
        exit: Exit::Findings,
    }
}

fn both(one: &Named) -> Failure {
    Failure {
        error: format!("the contract names {} twice, and withholds it once", one.text),
        help: Some("withhold it everywhere, or nowhere; nothing was packed".to_owned()),
        exit: Exit::Findings,
    }
}
