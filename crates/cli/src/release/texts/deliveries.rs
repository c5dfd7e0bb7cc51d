//! Who delivered what: the layers of classes with their partners, as the README and the citation tell it.

use mutirao_core::{
    pipeline::{Member, Partner, Pipeline},
    rule::Role,
};

use crate::release::Content;

/// A layer, or a member of a composite.
pub struct Delivery<'a> {
    /// Its number in `sources.parquet`.
    pub source: u16,
    /// `layer` or `layer / member`.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Who made it.
    pub partner: Option<&'a Partner>,
    /// Whether the maintainer left it out.
    pub is_left_out: bool,
    /// The rest.
    pub member: &'a Member,
}

impl<'a> Delivery<'a> {
    /// Its licence, or the partner's.
    pub fn licence(&self) -> Option<&'a str> {
        self.member.license.as_deref().or_else(|| self.partner?.license.as_deref())
    }
}

/// All of them, in the order of their numbers.
pub fn deliveries<'a>(content: &Content<'a>) -> Vec<Delivery<'a>> {
    let mut all = Vec::new();
    for (layer, planned) in content.pipeline.layers.iter().zip(&content.plan.layers) {
        for (member, facts) in layer.members.iter().zip(&planned.members) {
            let own = member.name.as_ref();
            all.push(Delivery {
                source: facts.source,
                name: own.map_or_else(|| layer.name.clone(), |name| format!("{} / {name}", layer.name)),
                role: layer.role,
                partner: member.partner.map(|at| &content.pipeline.partners[at]),
                is_left_out: content.gate.leaves_out(&layer.name, own.map(String::as_str)),
                member,
            });
        }
    }
    all.sort_by_key(|delivery| delivery.source);
    all
}

/// The partners whose layers hold classes of the map, but for layers that were left out; in the pipeline's order.
pub fn authors<'a>(pipeline: &'a Pipeline, deliveries: &[Delivery<'a>]) -> Vec<&'a Partner> {
    let has_part = |partner: &&Partner| {
        let own = |delivery: &Delivery<'_>| delivery.partner.is_some_and(|of| of.id == partner.id);
        deliveries.iter().any(|delivery| delivery.role == Role::Class && !delivery.is_left_out && own(delivery))
    };
    pipeline.partners.iter().filter(has_part).collect()
}
