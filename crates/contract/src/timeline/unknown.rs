//! Milestones that are named and look as if another was meant. A due date makes its milestone by naming it, so a misspelled one is a
//! milestone of its own, and the one that was meant is never due.

use mutirao_pipeline::text::{Entry, Sink, closest};

use super::said::Said;

const CODE: &str = "contract-unknown-milestone";

/// Due dates spelled much like a milestone among `entries`, and a grace or window of what nothing is due by.
pub(super) fn tell(layer: &str, said: &Said, entries: &[Entry], sink: &mut Sink) {
    let declared = entries.iter().filter_map(|entry| match entry.key.split_once('.') {
        Some((of, milestone)) => (of == layer).then_some(milestone),
        None => Some(entry.key.as_str()),
    });
    let declared: Vec<&str> = declared.collect();
    let is_due = |name: &str| said.dues.iter().any(|due| due.milestone == name);
    // One that counts from another without an entry of its own is an error already.
    let dates = said.dues.iter().filter(|due| due.relative.is_none() && !declared.contains(&due.milestone.as_str()));
    for due in dates {
        let others = declared.iter().copied().filter(|name| !is_due(name) && !differ_by_number(name, &due.milestone));
        if let Some(near) = closest(&due.milestone, others) {
            let name = due.milestone.escape_debug();
            let message = format!("`{name}` is no milestone of this contract; did you mean \"{near}\"?");
            let mend = format!("write `element: {layer}.{near}`, or list `{layer}.{name}` among the milestones");
            sink.warning(CODE, due.at, message, mend);
        }
    }
    for (property, milestone, at) in said.elements.iter().filter(|(_, milestone, _)| !is_due(milestone)) {
        let dues = said.dues.iter().map(|due| due.milestone.as_str());
        let hint = closest(milestone, dues).map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default();
        let message = format!("`{property}` is said of `{}`, by which nothing is due{hint}", milestone.escape_debug());
        let mend = format!("name a milestone with a dueDate, or `element: {layer}` for all of them");
        sink.warning(CODE, *at, message, mend);
    }
}

/// Whether two names are the same but for their digits: such as first-1 and first-2, which are both meant.
fn differ_by_number(one: &str, other: &str) -> bool {
    let letters = |name: &str| name.chars().filter(|letter| !letter.is_ascii_digit()).collect::<String>();
    letters(one) == letters(other)
}
