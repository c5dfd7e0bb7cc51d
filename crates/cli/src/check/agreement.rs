//! The contract that a delivery is held against, with the network's folder that its paths count from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mutirao_contract::{Contract, Object, ObjectKind};
use mutirao_core::{
    crosswalk::Crosswalk,
    finding::{Finding, Severity},
    legend::Legend,
};

use crate::{
    command::{Failure, Stopped},
    exit::Exit,
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
    /// What was odd about the contract.
    pub findings: Vec<Finding>,
    /// The texts read, by file name.
    pub texts: BTreeMap<String, String>,
    object: usize,
}

impl Agreement {
    /// Opens a contract: a YAML file in a network's folder or in `contracts` within it.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn open(path: &Path) -> Result<Agreement, Stopped> {
        let beside = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = match beside.file_name() {
            Some(name) if name == "contracts" => beside.parent().unwrap_or(Path::new(".")),
            _ => beside,
        };
        Agreement::open_in(path, folder)
    }

    /// Opens a contract whose relative paths count from a folder.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn open_in(path: &Path, folder: &Path) -> Result<Agreement, Stopped> {
        let mut texts = BTreeMap::new();
        let legend_path = folder.join("legend.csv");
        let legend = match legend_path.exists() {
            false => None,
            true => Some(mutirao_pipeline::legend_of(&legend_path).map_err(|found| broken(&legend_path, found))?),
        };
        let reading = mutirao_contract::read(path, legend.as_ref());
        texts.insert(path.display().to_string(), reading.text);
        let Some(contract) = reading.contract else { return Err(refused(path, reading.findings, texts)) };
        let object = chosen(&contract).ok_or_else(|| Failure {
            error: format!("{} describes nothing that is delivered", path.display()),
            help: Some("add an entry to its `schema`: the raster or vector, with physicalType".to_owned()),
            exit: Exit::Findings,
        })?;
        let terms = &contract.objects[object].terms;
        let crosswalk = terms.classes.as_ref().and_then(|classes| classes.crosswalk.as_ref());
        let crosswalk = crosswalk.map(|name| {
            let path = folder.join(name);
            mutirao_pipeline::crosswalk_of(&path, legend.as_ref()).map_err(|found| broken(&path, found))
        });
        let crosswalk = crosswalk.transpose()?;
        let findings = reading.findings;
        Ok(Agreement { contract, folder: folder.to_owned(), legend, crosswalk, findings, texts, object })
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

/// The first raster or vector; else the first object.
fn chosen(contract: &Contract) -> Option<usize> {
    let kinds = || contract.objects.iter().map(|object| object.kind);
    kinds()
        .position(|kind| matches!(kind, ObjectKind::Raster | ObjectKind::Vector))
        .or((kinds().count() > 0).then_some(0))
}

fn broken(path: &Path, (findings, text): (Vec<Finding>, Option<String>)) -> Stopped {
    let texts = text.map(|text| (path.display().to_string(), text)).into_iter().collect();
    refused(path, findings, texts)
}

fn refused(path: &Path, findings: Vec<Finding>, texts: BTreeMap<String, String>) -> Stopped {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let failure = Failure {
        error: format!("{} is not in order ({errors} error{})", path.display(), if errors == 1 { "" } else { "s" }),
        help: Some("mend what is told above; nothing was checked".to_owned()),
        exit: Exit::Findings,
    };
    Stopped { failure, findings, texts }
}
