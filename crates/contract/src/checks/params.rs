//! Typed parameters out of a walked mapping.

use mutirao_core::{legend::Legend, values::ValueSet};
use mutirao_pipeline::text::{Node, Sink, boolean, integer, number, read_values_at};

use crate::terms::Terms;

/// The parameters of one check, with what the contract says elsewhere. The mapping was walked: its keys are known, required
/// ones are there, and what has the wrong kind was told.
pub(crate) struct Params<'a, 's> {
    /// The mapping under `implementation`.
    pub node: &'a Node,
    /// What the contract says about the layer.
    pub terms: &'a Terms,
    /// The attribute whose `quality` this is; none for those of the whole object.
    pub attribute: Option<&'a str>,
    /// The physical type of the property that holds the values, if the contract says it.
    pub physical_type: Option<&'a str>,
    pub legend: Option<&'a Legend>,
    pub sink: &'s mut Sink,
}

impl Params<'_, '_> {
    pub fn text(&self, key: &str) -> Option<String> {
        self.node.get_text(key).map(str::to_owned)
    }

    pub fn number(&self, key: &str) -> Option<f64> {
        number(self.node.get_text(key)?)
    }

    pub fn whole(&self, key: &str) -> Option<u64> {
        u64::try_from(integer(self.node.get_text(key)?)?).ok()
    }

    pub fn flag(&self, key: &str, default: bool) -> bool {
        self.node.get_text(key).and_then(boolean).unwrap_or(default)
    }

    /// One text or a list of them.
    pub fn texts(&self, key: &str) -> Vec<String> {
        let items = self.node.get(key).map(Node::one_or_many).unwrap_or_default();
        items.iter().filter_map(Node::text).map(str::to_owned).collect()
    }

    /// A set of classes; None where it is not given. One that is wrong is reported and empty.
    pub fn values(&mut self, key: &str) -> Option<ValueSet> {
        let node = self.node.get(key)?;
        Some(read_values_at(node, self.legend, self.sink).unwrap_or_default())
    }

    /// `attribute:`, or the property that the check stands at.
    pub fn attribute(&mut self) -> Option<String> {
        let named = self.text("attribute").or_else(|| self.attribute.map(str::to_owned));
        if named.is_none() {
            let message = "the check says no `attribute`, and stands at no property";
            self.error("missing-key", message, "add `attribute`, or move the check to the `quality` of a property");
        }
        named
    }

    /// Reports that one of some parameters is needed; None then.
    pub fn one_of(&mut self, keys: &[&str]) -> Option<()> {
        if keys.iter().any(|key| self.node.get(key).is_some()) {
            return Some(());
        }
        let message = format!("the check says none of {}", keys.join(", "));
        self.error("missing-key", message, "write one of them: without it there is nothing to judge");
        None
    }

    /// Reports an interval whose ends are the wrong way round; None then.
    pub fn in_order(&mut self, from: &str, to: &str) -> Option<()> {
        match self.number(from).zip(self.number(to)) {
            Some((low, high)) if low > high => {
                let message = format!("`{from}` is {low} and `{to}` is {high}: nothing lies between them");
                self.error_at(from, "invalid-value", message, "write the smaller one first");
                None
            }
            _ => Some(()),
        }
    }

    /// Something that the check needs and the contract says nowhere. A term that is there and wrong was told already.
    pub fn lacking(&mut self, term: &str, what: &str, mend: &str) {
        if self.terms.spot(term).is_some() {
            return;
        }
        let message = format!("the check needs {what}, and the contract says none");
        self.error("missing-key", message, mend);
    }

    pub fn error(&mut self, code: &str, message: impl Into<String>, mend: impl Into<String>) {
        self.sink.error(code, self.node.spot, message, mend);
    }

    /// An error at a parameter.
    pub fn error_at(&mut self, key: &str, code: &str, message: impl Into<String>, mend: impl Into<String>) {
        let spot = self.node.get(key).map_or(self.node.spot, |node| node.spot);
        self.sink.error(code, spot, message, mend);
    }
}
