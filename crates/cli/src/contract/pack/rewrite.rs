//! A contract's text with other paths: everything else, comments and lines too, stays as it is.

use std::collections::BTreeMap;

use mutirao_contract::{Contract, read_text, to_yaml};
use serde_json::Value;

use super::named::named;
use crate::{command::Failure, exit::Exit};

/// Calls files otherwise in the text of a contract.
///
/// # Errors
/// Where that cannot be done: the contract writes a path in a way of its own.
pub fn rewrite(text: &str, contract: &Contract, moved: &BTreeMap<String, String>) -> Result<String, Failure> {
    let in_place = moved.iter().fold(text.to_owned(), |text, (old, new)| replaced(&text, old, new));
    if is_done(&in_place, moved) {
        return Ok(in_place);
    }
    let mut document = contract.document.clone();
    replace(&mut document, moved);
    let anew = to_yaml(&document);
    if is_done(&anew, moved) {
        return Ok(anew);
    }
    let error = format!("the paths in {} cannot be written anew for a pack", contract.path.display());
    let help = "move the files that it names into the network's folder";
    Err(Failure { error, help: Some(help.to_owned()), exit: Exit::Findings })
}

/// Whether no file is named any more that was moved.
fn is_done(text: &str, moved: &BTreeMap<String, String>) -> bool {
    let Some(contract) = read_text("the pack's contract", text, None).readable().cloned() else { return false };
    named(&contract).iter().all(|one| one.withheld || !moved.contains_key(&one.text))
}

/// The text with a path for another, wherever it stands alone.
fn replaced(text: &str, old: &str, new: &str) -> String {
    let stands = |sign: Option<char>| sign.is_none_or(|sign| sign.is_whitespace() || "\"'{}[],:".contains(sign));
    let mut made = String::new();
    let mut rest = text;
    let mut before = None;
    while let Some(at) = rest.find(old) {
        let (head, tail) = (&rest[..at], &rest[at + old.len()..]);
        let is_it = stands(head.chars().next_back().or(before)) && stands(tail.chars().next());
        made.push_str(head);
        made.push_str(if is_it { new } else { old });
        before = old.chars().next_back();
        rest = tail;
    }
    made.push_str(rest);
    made
}

fn replace(value: &mut Value, moved: &BTreeMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(new) = moved.get(text) {
                text.clone_from(new);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, moved)),
        Value::Object(map) => map.values_mut().for_each(|value| replace(value, moved)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_replaced_only_where_it_stands_alone() {
        let text = "{ source: ../a.tif, b: x../a.tif, c: \"../a.tif\" }\nd: ../a.tiff\ne: ../a.tif";
        let made = "{ source: area/a.tif, b: x../a.tif, c: \"area/a.tif\" }\nd: ../a.tiff\ne: area/a.tif";
        assert_eq!(replaced(text, "../a.tif", "area/a.tif"), made);
    }
}
