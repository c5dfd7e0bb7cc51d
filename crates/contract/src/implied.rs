//! Rules that the terms of a contract imply: who agrees on a grid need not ask for the check of it as well.

use mutirao_core::finding::Place;

use crate::{
    checks::{
        Check, ClassesCheck, CrsCheck, Dtype, DtypeCheck, FileLayoutCheck, GridCheck, Layout, LicenceCheck,
        NodataCheck, PeriodsCheck,
    },
    model::{Object, ObjectKind, Quality, Rule},
};

/// The rules that an object's terms imply, for checks that the contract does not ask for itself. The layout of rasters is always among
/// them: it is but told.
pub fn implied(object: &Object) -> Vec<Rule> {
    let terms = &object.terms;
    let asked = |name: &str| {
        let is_it = |rule: &Rule| matches!(&rule.quality, Quality::Check(check) if check.name() == name);
        object.rules().any(|(_, rule)| is_it(rule))
    };
    let mut rules = Vec::new();
    let mut add = |check: Check, term: &str| {
        let severity = check.spec().severity;
        if !asked(check.name()) {
            let place = terms.spot(term).map_or_else(
                || object.place.clone(),
                |spot| Place { file: object.place.file.clone(), line: spot.line, column: spot.column },
            );
            rules.push(Rule { name: None, severity, dimension: None, quality: Quality::Check(check), place });
        }
    };
    if let Some(grid) = &terms.grid {
        add(Check::Crs(CrsCheck { crs: grid.crs.clone() }), "grid");
    }
    if let Some(licence) = &terms.licence {
        add(Check::Licence(LicenceCheck { allowed: vec![licence.clone()], declared: false }), "license");
    }
    if matches!(object.kind, ObjectKind::Vector | ObjectKind::Table) {
        // Without either, `classes` says what the pipeline makes of a vector, not what stands in it.
        if let Some(classes) = terms.classes.as_ref().filter(|c| c.crosswalk.is_some() || c.attribute.is_some()) {
            let (allowed, required) = (classes.allowed.clone(), classes.required.clone());
            add(Check::Classes(ClassesCheck { allowed, required, known: true }), "classes");
        }
        return rules;
    }
    if let Some(grid) = &terms.grid {
        add(Check::Grid(GridCheck { tolerance: grid.tolerance, resolution: grid.resolution }), "grid");
    }
    let types: Vec<Dtype> =
        object.properties.iter().filter_map(|property| Dtype::of(property.physical_type.as_deref()?)).collect();
    if !types.is_empty() {
        add(Check::Dtype(DtypeCheck { allowed: types }), "dtype");
    }
    if let Some(nodata) = terms.nodata {
        add(Check::Nodata(NodataCheck { value: nodata.value, declared: nodata.declared }), "nodata");
    }
    if let Some(periods) = &terms.periods {
        add(Check::Periods(PeriodsCheck { periods: periods.clone(), further: true }), "periods");
    }
    if let Some(classes) = &terms.classes {
        let (allowed, required) = (classes.allowed.clone(), classes.required.clone());
        add(Check::Classes(ClassesCheck { allowed, required, known: true }), "classes");
    }
    add(
        Check::FileLayout(FileLayoutCheck { layout: Layout::Cog, compression: Vec::new(), overviews: false }),
        "layout",
    );
    rules
}
