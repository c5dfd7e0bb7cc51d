//! From the values of files to the slots of layers.
//!
//! A layer of plain uint8 files with one nodata keeps its bytes as slots: nothing is translated. Everything else goes through a table
//! with an entry for every value that the file's type can hold.

use std::collections::HashMap;

use mutirao_core::{
    crosswalk::Target,
    raster::DType,
    rule::{Role, RuleTable},
    values::ValueSet,
};
use mutirao_mosaic::slot::{Held, SlotMeaning};

use crate::plan::{Part, Plan, PlannedLayer, PlannedMember};

/// How the values of a layer's files become slots, and what the slots mean.
#[derive(Debug)]
pub struct LayerSlots {
    /// By slot.
    pub meanings: Vec<SlotMeaning>,
    /// The slot that means nothing.
    pub nothing: usize,
    /// By part of the layer; none where bytes are slots.
    translations: Option<HashMap<Kind, Vec<u16>>>,
}

/// What decides about a translation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Kind {
    member: usize,
    nodata: Option<i32>,
    dtype: DType,
}

impl LayerSlots {
    /// The table from value to slot for a part, none where the bytes are the slots. Values of int16 files are looked up by their bits.
    pub fn translation(&self, part: &Part, dtype: DType) -> Option<&[u16]> {
        let kind = Kind { member: part.member, nodata: part.nodata, dtype };
        self.translations.as_ref()?.get(&kind).map(Vec::as_slice)
    }

    /// Tells which values share slots, number by number; nothing where bytes are slots.
    pub fn put_grouping(&self, mut put: impl FnMut(u16)) {
        let mut kinds: Vec<_> = self.translations.iter().flatten().collect();
        kinds.sort_unstable_by_key(|(kind, _)| (kind.member, kind.nodata, kind.dtype.range()));
        kinds.iter().for_each(|(_, table)| table.iter().for_each(|slot| put(*slot)));
    }
}

/// The slots of all layers of a plan.
pub fn assign(plan: &Plan) -> Vec<LayerSlots> {
    plan.layers.iter().enumerate().map(|(index, layer)| assign_layer(plan, layer, index)).collect()
}

fn assign_layer(plan: &Plan, layer: &PlannedLayer, index: usize) -> LayerSlots {
    let kinds = kinds_of(plan, layer);
    let masked = layer.input_sets.iter().flatten().any(|part| plan.files[part.file].facts.mask);
    // Where several files may speak, what the crosswalk makes nothing must be the one slot that lets the next speak.
    let several = layer.input_sets.iter().any(|parts| parts.len() > 1);
    let has_crosswalk = layer.members.iter().any(|member| member.crosswalk.is_some());
    match kinds[..] {
        [only]
            if only.dtype == DType::Uint8
                && only.nodata.is_some_and(|value| (0..=255).contains(&value))
                && !(masked || several && has_crosswalk) =>
        {
            let member = &layer.members[only.member];
            let meaning = |value: i32| meaning_of(member, only.nodata, value);
            LayerSlots {
                meanings: (0..=255).map(meaning).collect(),
                nothing: only.nodata.unwrap_or(0) as usize,
                translations: None,
            }
        }
        _ => translate(layer, &kinds, grouping(plan, layer, index)),
    }
}

fn kinds_of(plan: &Plan, layer: &PlannedLayer) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for part in layer.input_sets.iter().flatten() {
        let kind = Kind { member: part.member, nodata: part.nodata, dtype: plan.files[part.file].facts.dtype };
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

fn meaning_of(member: &PlannedMember, nodata: Option<i32>, value: i32) -> SlotMeaning {
    if nodata == Some(value) {
        return SlotMeaning::NOTHING;
    }
    let known = match &member.crosswalk {
        Some(crosswalk) => match crosswalk.code(value) {
            Some(Target::Nothing) => return SlotMeaning::NOTHING,
            Some(Target::Class(class)) => Some(i32::from(class)),
            None => None,
        },
        None => member.declared.as_ref().is_none_or(|declared| declared.contains(value)).then_some(value),
    };
    match known {
        Some(value) => SlotMeaning { held: Held::Value(value), source: member.source },
        None => SlotMeaning { held: Held::Unknown(value), source: member.source },
    }
}

/// For value layers: the sets that rules ask them for. Values that no set tells apart share a slot, so that numbers of any kind fit.
fn grouping<'a>(plan: &'a Plan, layer: &PlannedLayer, index: usize) -> Option<Vec<&'a ValueSet>> {
    (layer.role == Role::Value).then(|| sets_asked(&plan.table, index))
}

fn sets_asked(table: &RuleTable, layer: usize) -> Vec<&ValueSet> {
    let of_rule = table
        .rules
        .iter()
        .flat_map(|rule| rule.conditions.iter().chain(rule.unless.iter().flat_map(|exception| &exception.when)));
    of_rule.filter(|condition| condition.layer == layer).map(|condition| &condition.values).collect()
}

fn translate(layer: &PlannedLayer, kinds: &[Kind], grouping: Option<Vec<&ValueSet>>) -> LayerSlots {
    let mut slots = LayerSlots { meanings: vec![SlotMeaning::NOTHING], nothing: 0, translations: None };
    let mut known: HashMap<(u16, Vec<bool>, Held), u16> = HashMap::new();
    let mut translations = HashMap::new();
    for kind in kinds {
        let (first, last) = kind.dtype.range();
        let mut table = vec![0u16; (last - first + 1) as usize];
        for value in first..=last {
            let meaning = meaning_of(&layer.members[kind.member], kind.nodata, value);
            let key = match meaning.held {
                Held::Nothing => continue,
                Held::Unknown(_) => (meaning.source, Vec::new(), Held::Unknown(0)),
                Held::Value(value) => match &grouping {
                    Some(sets) => {
                        let asked = sets.iter().map(|set| set.contains(value)).collect();
                        (meaning.source, asked, Held::Nothing)
                    }
                    None => (meaning.source, Vec::new(), meaning.held),
                },
            };
            let slot = *known.entry(key).or_insert_with(|| {
                slots.meanings.push(meaning);
                (slots.meanings.len() - 1) as u16
            });
            table[usize::from(bits(value, kind.dtype))] = slot;
        }
        translations.insert(*kind, table);
    }
    slots.translations = Some(translations);
    slots
}

/// The place of a value in a translation's table.
fn bits(value: i32, dtype: DType) -> u16 {
    match dtype {
        DType::Uint8 | DType::Uint16 => value as u16,
        DType::Int16 => value as i16 as u16,
    }
}
