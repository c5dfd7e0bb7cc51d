//! The contract that a delivery is held against, with the network's folder that its paths count from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mutirao_check::Report;
use mutirao_contract::{Contract, Object, ObjectKind, terms::ClassesTerm};
use mutirao_core::{
    crosswalk::Crosswalk,
    finding::{Finding, Severity},
    grid::Grid,
    legend::Legend,
    pipeline::{Member, Overlap},
    values::ValueSet,
};
use mutirao_engine::plan::{Drawing, Opener, Polygons, Refused};
use mutirao_pipeline::Reading;

use super::{
    around::{Around, is_same, of_network},
    pack::{Pack, polygons as packed_polygons},
};
use crate::{
    command::{Failure, Stopped},
    exit::Exit,
    network::{Tools, member_bound, member_by_id},
};

/// An agreement, ready.
pub struct Agreement {
    /// The contract.
    pub contract: Contract,
    /// What its relative paths count from.
    pub folder: PathBuf,
    /// The network's legend, where it is at hand.
    pub legend: Option<Legend>,
    /// The crosswalk that classes pass through.
    pub crosswalk: Option<Crosswalk>,
    /// Which file counts where those of a period differ, where the network's pipeline is at hand and knows the layer.
    pub overlap: Option<Overlap>,
    /// What was odd about the contract.
    pub findings: Vec<Finding>,
    /// The texts read, by file name.
    pub texts: BTreeMap<String, String>,
    object: usize,
    pack: Option<Pack>,
}

impl Agreement {
    /// Opens a contract: a YAML file in a network's folder or below it, or a pack of it. What it leaves to the pipeline is taken from that
    /// of `network`, if one is named, and from that of its own folder; a pipeline that cannot be read says nothing.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn open(path: &Path, network: Option<&Path>) -> Result<Agreement, Stopped> {
        let (mut agreement, pipelines) = if Pack::is_one(path) {
            let named = network.and_then(of_network).map(|(_, reading)| reading);
            (Agreement::of_pack(Pack::open(path)?)?, named.into_iter().collect())
        } else {
            let Around { folder, pipelines } = Around::of(path, network);
            (Agreement::open_in(path, &folder)?, pipelines)
        };
        for pipeline in &pipelines {
            if agreement.take_from_network(path, pipeline) {
                break;
            }
        }
        let packed = agreement.pack.as_ref().and_then(|pack| pack.layer().overlap);
        agreement.overlap = agreement.overlap.or(packed);
        Ok(agreement)
    }

    /// Takes what the contract of a file leaves to a network's pipeline; tells whether the pipeline names that contract.
    fn take_from_network(&mut self, path: &Path, reading: &Reading) -> bool {
        let Some(pipeline) = &reading.pipeline else { return false };
        let named = reading.contracts.iter().filter(|named| is_same(&named.path, path));
        let bound: Vec<&Member> = named.filter_map(|named| member_bound(pipeline, named)).collect();
        let by_id = member_by_id(pipeline, &self.contract.id).map(|member| member.overlap);
        self.overlap = self.overlap.or(by_id).or_else(|| common_overlap(&bound));
        if let Some(member) = bound.first() {
            self.take_values_of(member);
        }
        !bound.is_empty()
    }

    /// Takes what the contract leaves to the pipeline: which of several files counts where they differ, and of a vector, which attribute
    /// gives the value, and the crosswalk that it passes through. So a check holds what the run would refuse.
    pub fn take_from(&mut self, member: &Member) {
        self.overlap = Some(member.overlap);
        self.take_values_of(member);
    }

    fn take_values_of(&mut self, member: &Member) {
        if let Some((attribute, crosswalk)) = member.attribute.as_ref().zip(member.crosswalk.as_ref()) {
            self.take_values(attribute, crosswalk);
        }
    }

    fn take_values(&mut self, attribute: &str, crosswalk: &Crosswalk) {
        let object = &mut self.contract.objects[self.object];
        if object.kind != ObjectKind::Vector {
            return;
        }
        let allowed = crosswalk.classes();
        let own = || ClassesTerm { allowed, required: ValueSet::default(), crosswalk: None, attribute: None };
        let term = object.terms.classes.get_or_insert_with(own);
        if term.crosswalk.is_none() {
            term.crosswalk = Some(crosswalk.path.clone());
            self.crosswalk = Some(crosswalk.clone());
        }
        term.attribute.get_or_insert_with(|| attribute.to_owned());
    }

    /// Opens a contract whose relative paths count from a folder.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn open_in(path: &Path, folder: &Path) -> Result<Agreement, Stopped> {
        let name = path.display().to_string();
        match mutirao_pipeline::text::read_text(path) {
            Ok(text) => Agreement::of_text(&name, &text, folder),
            // Reading it again tells why it cannot be read.
            Err(_) => Err(refused(&name, mutirao_contract::read(path, None).findings, BTreeMap::new())),
        }
    }

    /// The agreement of a text that findings call `name`, whose relative paths count from a folder.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn of_text(name: &str, text: &str, folder: &Path) -> Result<Agreement, Stopped> {
        let mut texts = BTreeMap::new();
        let legend_path = folder.join("legend.csv");
        let legend = match legend_path.exists() {
            false => None,
            true => Some(mutirao_pipeline::legend_of(&legend_path).map_err(|found| broken(&legend_path, found))?),
        };
        let reading = mutirao_contract::read_text(name, text, legend.as_ref());
        texts.insert(name.to_owned(), reading.text);
        let Some(contract) = reading.contract else { return Err(refused(name, reading.findings, texts)) };
        let object = contract.delivered().ok_or_else(|| Failure {
            error: format!("{name} describes nothing that is delivered"),
            help: Some("add an entry to its `schema`: the raster or vector, with physicalType".to_owned()),
            exit: Exit::Findings,
        })?;
        let terms = &contract.objects[object].terms;
        let crosswalk = terms.classes.as_ref().and_then(|classes| classes.crosswalk.as_ref());
        let crosswalk = crosswalk.map(|named| {
            let path = folder.join(named);
            mutirao_pipeline::crosswalk_of(&path, legend.as_ref()).map_err(|found| broken(&path, found))
        });
        let crosswalk = crosswalk.transpose()?;
        let findings = reading.findings;
        let folder = folder.to_owned();
        Ok(Agreement { contract, folder, legend, crosswalk, overlap: None, findings, texts, object, pack: None })
    }

    fn of_pack(pack: Pack) -> Result<Agreement, Stopped> {
        let (name, text) = pack.contract()?;
        let mut agreement = Agreement::of_text(&name, &text, pack.folder()).map_err(|stopped| pack.renamed(stopped))?;
        if let Some(grid) = pack.grid() {
            agreement.anchor(grid);
        }
        if let Some((attribute, path)) = &pack.layer().values {
            let path = pack.folder().join(path);
            let read = mutirao_pipeline::crosswalk_of(&path, agreement.legend.as_ref());
            let crosswalk = read.map_err(|found| pack.renamed(broken(&path, found)))?;
            agreement.take_values(attribute, &crosswalk);
        }
        agreement.pack = Some(pack);
        Ok(agreement)
    }

    /// Files lie on the nodes of the network's grid where the contract names no node, and has pixels as the network has.
    fn anchor(&mut self, grid: &Grid) {
        let terms = &mut self.contract.objects[self.object].terms;
        if let Some(term) =
            terms.grid.as_mut().filter(|term| term.crs == grid.crs && term.resolution == grid.resolution)
        {
            term.origin.get_or_insert(grid.origin);
        }
    }

    /// Whether it came as a pack, without the network's folder.
    pub fn is_pack(&self) -> bool {
        self.pack.is_some()
    }

    /// The network's grid, where a pack brings it along.
    pub fn grid(&self) -> Option<&Grid> {
        self.pack.as_ref().and_then(Pack::grid)
    }

    /// Polygons that the contract names: those of a pack without the door, where they are in the CRS that is wanted.
    ///
    /// # Errors
    /// Why they cannot be read, in words, and how to mend it.
    pub fn polygons(&self, wanted: &Polygons<'_>, tools: &Tools) -> Result<Drawing, Refused> {
        let packed = self.pack.as_ref().and_then(|_| packed_polygons(wanted));
        packed.map_or_else(|| tools.files().polygons(wanted), Ok)
    }

    /// Files of a pack by their place in it, not by the folder that they were unpacked into.
    pub fn name(&self, report: &mut Report) {
        if let Some(pack) = &self.pack {
            pack.name(report);
        }
    }

    /// What is delivered.
    pub fn object(&self) -> &Object {
        &self.contract.objects[self.object]
    }

    /// The partner that it binds, where it says so.
    pub fn partner(&self) -> Option<&str> {
        self.object().terms.partner.as_deref().or(self.contract.terms.partner.as_deref())
    }

    /// A path that the contract names.
    pub fn path(&self, named: &str) -> PathBuf {
        self.folder.join(named)
    }
}

/// What members that share a contract say of files that differ, where all say the same.
fn common_overlap(members: &[&Member]) -> Option<Overlap> {
    let first = members.first()?.overlap;
    members.iter().all(|member| member.overlap == first).then_some(first)
}

fn broken(path: &Path, (findings, text): (Vec<Finding>, Option<String>)) -> Stopped {
    let texts = text.map(|text| (path.display().to_string(), text)).into_iter().collect();
    refused(&path.display().to_string(), findings, texts)
}

fn refused(name: &str, findings: Vec<Finding>, texts: BTreeMap<String, String>) -> Stopped {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let failure = Failure {
        error: format!("{name} is not in order ({errors} error{})", if errors == 1 { "" } else { "s" }),
        help: Some("mend what is told above; nothing was checked".to_owned()),
        exit: Exit::Findings,
    };
    Stopped { failure, findings, texts }
}
