//! From what a contract says to instants: due dates that count from milestones that count from others.

use std::collections::BTreeMap;

use jiff::{Span, tz::TimeZone};
use mutirao_pipeline::text::{Entry, Node, Sink, Spot, integer, mend_name};

use super::{
    Milestone, Moment, MomentError, ReleaseMilestone, Timeline, Window,
    said::{Said, SaidDue},
    span, unknown, zone,
};

/// Reads the timeline of a layer: `sla` is the list of `slaProperties`, `terms` our walked terms of the whole contract, `objects`
/// the names that stand for the layer besides its id.
pub(crate) fn read(layer: &str, sla: Option<&Node>, terms: &Node, objects: &[&str], sink: &mut Sink) -> Timeline {
    let named = named_zone(terms, sink);
    let mut said = Said::default();
    for item in sla.map(Node::items).unwrap_or_default() {
        said.take(item, layer, objects, sink);
    }
    let entries = terms.get("milestones").map(Node::entries).unwrap_or_default();
    unknown::tell(layer, &said, entries, sink);
    let mut resolver = Resolver { layer, said: &said, entries, named: named.as_ref(), known: BTreeMap::new(), sink };
    let milestones = resolver.milestones();
    let release = resolver.release();
    check_order(&milestones, &release, sink);
    let whole = |property: &str| said.spans.get(&(property.to_owned(), None)).copied();
    Timeline {
        layer: layer.to_owned(),
        zone: named.and_then(|zone| zone.iana_name().map(str::to_owned)).unwrap_or_else(|| "UTC".to_owned()),
        milestones,
        release,
        frequency: whole("frequency"),
        latency: whole("latency"),
        retention: whole("retention"),
        grace: whole("grace"),
    }
}

fn named_zone(terms: &Node, sink: &mut Sink) -> Option<TimeZone> {
    let node = terms.get("timezone")?;
    let read = zone(node.text()?);
    if let Err(error) = &read {
        sink.error(
            "contract-time",
            node.spot,
            error.to_string(),
            "write a name of the IANA list, such as America/Belem",
        );
    }
    read.ok()
}

/// A milestone by its name, `freeze`, or with the layer before it for what is due of the layer.
type Name = (bool, String);

/// How far a name is resolved.
enum Known {
    /// It is being resolved: whoever asks for it again is in a ring.
    Underway,
    /// Its date; none where there is none, which was told.
    Done(Option<Moment>),
}

struct Resolver<'a, 's> {
    layer: &'a str,
    said: &'a Said,
    entries: &'a [Entry],
    named: Option<&'a TimeZone>,
    known: BTreeMap<Name, Known>,
    sink: &'s mut Sink,
}

impl Resolver<'_, '_> {
    fn zone(&self) -> TimeZone {
        self.named.cloned().unwrap_or(TimeZone::UTC)
    }

    fn milestones(&mut self) -> Vec<Milestone> {
        let dues: Vec<&SaidDue> = self.said.dues.iter().collect();
        let mut milestones: Vec<Milestone> = dues.into_iter().filter_map(|due| self.milestone(due)).collect();
        milestones.sort_by(|a, b| (a.window.due_at, &a.name).cmp(&(b.window.due_at, &b.name)));
        for at in 1..milestones.len() {
            let before = milestones[at - 1].window.due_at;
            milestones[at].window.opens_at.get_or_insert(before);
        }
        milestones
    }

    fn milestone(&mut self, due: &SaidDue) -> Option<Milestone> {
        let date = self.due(due)?;
        let zone = self.zone();
        let spans = &self.said.spans;
        let said = |property: &str| {
            let own = spans.get(&(property.to_owned(), Some(due.milestone.clone())));
            own.or_else(|| spans.get(&(property.to_owned(), None))).copied()
        };
        let late = said("grace").map_or(Ok(date.clone()), |grace| date.plus(grace, self.named));
        let opens = said("window").map(|window| date.plus(-window, self.named)?.last_instant(&zone)).transpose();
        let window = || -> Result<Window, MomentError> {
            Ok(Window { opens_at: opens?, due_at: date.last_instant(&zone)?, grace_until: late?.last_instant(&zone)? })
        };
        match window() {
            Ok(window) => Some(Milestone {
                name: due.milestone.clone(),
                window,
                driver: due.driver.clone(),
                place: self.sink.place(due.value.spot),
                due: date,
            }),
            Err(error) => self.wrong_time(&due.value, &error),
        }
    }

    /// Milestones of the release, and of this layer where nothing is due by them.
    fn release(&mut self) -> Vec<ReleaseMilestone> {
        let zone = self.zone();
        let mut release = Vec::new();
        for entry in self.entries {
            if let Some((of, milestone)) = entry.key.split_once('.') {
                self.of_layer(of, milestone, entry);
                continue;
            }
            // `revised: { before: freeze }` without a number is for the due dates of layers alone.
            let is_due = self.said.dues.iter().any(|due| due.milestone == entry.key);
            if is_due && entry.value.is_mapping() && entry.value.get("by").is_none() {
                continue;
            }
            let Some(date) = self.resolve(&(false, entry.key.clone()), entry.spot) else { continue };
            match date.last_instant(&zone) {
                Ok(at) => {
                    let place = self.sink.place(entry.spot);
                    release.push(ReleaseMilestone { name: entry.key.clone(), date, at, place });
                }
                Err(error) => drop(self.wrong_time::<()>(&entry.value, &error)),
            }
        }
        release.sort_by(|a, b| (a.at, &a.name).cmp(&(b.at, &b.name)));
        release
    }

    /// An entry `layer.milestone` must belong to a due date of this layer; those of other layers are theirs.
    fn of_layer(&mut self, of: &str, milestone: &str, entry: &Entry) {
        let is_due = self.said.dues.iter().any(|due| due.milestone == milestone);
        if of == self.layer && !is_due {
            let message = format!("nothing is due by `{}`", entry.key);
            let mend = format!("add {{ property: dueDate, value: -30, unit: d, element: {} }}", entry.key);
            self.sink.error("contract-milestone", entry.spot, message, mend);
        }
    }

    /// The date of a name, each resolved once; a name that is asked for while it is being resolved is in a ring.
    fn resolve(&mut self, name: &Name, at: Spot) -> Option<Moment> {
        match self.known.get(name) {
            Some(Known::Done(date)) => return date.clone(),
            Some(Known::Underway) => {
                let message = format!("`{}` counts from itself in the end", name.1);
                self.sink.error("contract-milestone-ring", at, message, "let one of the ring be a day");
                return None;
            }
            None => {}
        }
        self.known.insert(name.clone(), Known::Underway);
        let date = match name {
            (true, milestone) => {
                let due = self.said.dues.iter().find(|due| due.milestone == *milestone)?;
                self.due_uncached(due)
            }
            (false, key) => {
                let entry = self.entries.iter().find(|entry| entry.key == *key)?;
                self.entry(entry, None, at)
            }
        };
        self.known.insert(name.clone(), Known::Done(date.clone()));
        date
    }

    fn due(&mut self, due: &SaidDue) -> Option<Moment> {
        self.resolve(&(true, due.milestone.clone()), due.value.spot)
    }

    fn due_uncached(&mut self, due: &SaidDue) -> Option<Moment> {
        let full = format!("{}.{}", self.layer, due.milestone);
        let entry = [full.as_str(), due.milestone.as_str()]
            .into_iter()
            .find_map(|key| self.entries.iter().find(|entry| entry.key == key && entry.value.is_mapping()));
        match (due.relative, entry) {
            (None, None) => self.moment(&due.value),
            (None, Some(entry)) if entry.key == full => {
                let message = format!("`{full}` has a date, and counts from another milestone too");
                let mend = "take the entry away, or write the dueDate as a number of units";
                self.sink.error("contract-milestone", entry.spot, message, mend);
                None
            }
            (None, Some(_)) => self.moment(&due.value),
            (Some(span), Some(entry)) => self.entry(entry, Some((span, &due.value)), due.value.spot),
            (Some(_), None) => {
                let message = format!("the dueDate of `{full}` counts from nothing");
                let mend = format!(
                    "write the milestone that it counts from, under milestones: \"{full}\": {{ before: freeze }}"
                );
                self.sink.error("contract-milestone", due.value.spot, message, mend);
                None
            }
        }
    }

    /// The date of an entry of `milestones`, by its own `by` or by the value of the due date that counts from it.
    fn entry(&mut self, entry: &Entry, due: Option<(Span, &Node)>, at: Spot) -> Option<Moment> {
        if !entry.value.is_mapping() {
            return self.moment(&entry.value);
        }
        let (word, anchor) = match (entry.value.get("before"), entry.value.get("after")) {
            (Some(_), Some(both)) => {
                let mend = "keep one of `before` and `after`";
                self.sink.error(
                    "contract-milestone",
                    both.spot,
                    format!("`{}` is both before and after", entry.key),
                    mend,
                );
                return None;
            }
            (Some(anchor), None) => ("before", anchor),
            (None, anchor) => ("after", anchor?),
        };
        let span = self.offset(entry, word, due, at)?;
        let from = self.anchor(entry, anchor, due.is_some())?;
        let result = from.plus(span, self.named);
        match result {
            Ok(date) => Some(date),
            Err(error) => self.wrong_time(due.map_or(&entry.value, |(_, value)| value), &error),
        }
    }

    /// How far from the other milestone, backwards for `before`.
    fn offset(&mut self, entry: &Entry, word: &str, due: Option<(Span, &Node)>, at: Spot) -> Option<Span> {
        let by = entry.value.get_text("by").and_then(integer);
        let unit = entry.value.get_text("unit").unwrap_or("d");
        let own = by.and_then(|by| span(if word == "before" { -by } else { by }, unit));
        match (due, own) {
            (Some((_, value)), Some(_)) => {
                let message = format!("`{}` says `by`, and its dueDate has a number too", entry.key);
                self.sink.error("contract-milestone", value.spot, message, "keep one of them");
                None
            }
            (Some((span, _)), None) if span.is_zero() || span.is_negative() == (word == "before") => Some(span),
            (Some((_, value)), None) => {
                let message = format!("the dueDate counts {} units from a milestone that it is {word}", value.shown());
                let mend = "write a number below 0 for before, above 0 for after";
                self.sink.error("contract-milestone", value.spot, message, mend);
                None
            }
            (None, Some(own)) => Some(own),
            (None, None) => {
                let message = format!("`{}` does not say how long {word}", entry.key);
                self.sink.error("contract-milestone", at, message, "add `by: 30, unit: d`");
                None
            }
        }
    }

    /// The milestone that another counts from: for what is due of this layer its own due dates first, then the release's; for
    /// what the release goes through the other way round.
    fn anchor(&mut self, entry: &Entry, anchor: &Node, for_layer: bool) -> Option<Moment> {
        let text = anchor.text()?;
        let prefix = format!("{}.", self.layer);
        let own = text.strip_prefix(&prefix).unwrap_or(text);
        let is_due = self.said.dues.iter().any(|due| due.milestone == own);
        let is_release = !text.contains('.') && self.entries.iter().any(|entry| entry.key == text);
        // `mining.revised: { after: revised }` can only mean the release's own `revised`.
        let means_release = is_release && (!for_layer || entry.key == format!("{prefix}{text}"));
        match (is_due && !means_release, is_release) {
            (true, _) => self.resolve(&(true, own.to_owned()), anchor.spot),
            (false, true) => self.resolve(&(false, text.to_owned()), anchor.spot),
            (false, false) => {
                self.no_milestone(entry, anchor);
                None
            }
        }
    }

    fn no_milestone(&mut self, entry: &Entry, anchor: &Node) {
        let text = anchor.text().unwrap_or_default();
        let mut names: Vec<String> =
            self.said.dues.iter().map(|due| format!("{}.{}", self.layer, due.milestone)).collect();
        names.extend(self.entries.iter().map(|entry| entry.key.clone()));
        names.sort_unstable();
        names.dedup();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let message = format!("`{}` counts from `{}`, which is no milestone", entry.key, text.escape_debug());
        self.sink.error("contract-milestone", anchor.spot, message, mend_name("milestones", text, &names));
    }

    fn moment(&mut self, node: &Node) -> Option<Moment> {
        match Moment::read(node.text()?, &self.zone()) {
            Ok(moment) => Some(moment),
            Err(error) => self.wrong_time(node, &error),
        }
    }

    fn wrong_time<T>(&mut self, node: &Node, error: &MomentError) -> Option<T> {
        let mend = match error {
            MomentError::Unreadable { .. } => {
                "write a day such as 2026-06-15, or an instant such as 2026-06-15T23:59:00-03:00"
            }
            MomentError::Zone { .. } => "write a name of the IANA list, such as America/Belem",
            MomentError::Skipped { .. } => "write a time that is there, or an offset",
            MomentError::Twice { .. } => "write the offset that is meant behind it",
            MomentError::Offset { .. } => "take the offset or the zone away, or correct it",
            MomentError::HoursFromDay => "count in d, w, mo or y, or count from an instant",
            MomentError::Beyond => "write a date that can come",
        };
        self.sink.error("contract-time", node.spot, error.to_string(), mend);
        None
    }
}

/// A layer that is due after the release's own milestone of that name, or after what closes the release.
fn check_order(milestones: &[Milestone], release: &[ReleaseMilestone], sink: &mut Sink) {
    for milestone in milestones {
        let closes = |known: &&ReleaseMilestone| {
            known.name == milestone.name || known.name == "freeze" || known.name == "release"
        };
        let mut passed = release.iter().filter(closes).filter(|known| milestone.due.day() > known.date.day());
        if let Some(known) = passed.next() {
            let message = format!(
                "`{}` is due on {}, after the release's `{}` on {}",
                milestone.name, milestone.due, known.name, known.date
            );
            let at = Spot { line: milestone.place.line, column: milestone.place.column };
            sink.warning("contract-due-order", at, message, "let it be due before, or move the release's milestone");
        }
    }
}
