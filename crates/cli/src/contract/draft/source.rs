//! What the network's pipeline calls the files of a layer.

use mutirao_pipeline::text::{Node, Sink, load, read_text};

use super::{Stated, Wanted};

/// The name of the files as the pipeline's source has it, with `{version}` and `{period}`; none where the files are called otherwise, or
/// where the source has no version: then their own names tell as much.
pub fn name(wanted: &Wanted<'_>, stated: &Stated<'_>) -> Option<String> {
    let (_, pipeline) = wanted.network?;
    let version = stated.member?.version.as_deref()?;
    let text = read_text(&pipeline.path).ok()?;
    let node = load(&text, &mut Sink::new(pipeline.path.display().to_string()))?;
    let source = sources(&node, &stated.id)?;
    let name = source.rsplit(['/', '\\']).next().filter(|name| name.contains("{version}"))?;
    (Some(name.replace("{version}", version)) == stated.physical_name).then(|| name.to_owned())
}

/// The source of a layer, or of a member of one: the contract's id is `layer` or `layer-member`.
fn sources<'a>(node: &'a Node, id: &str) -> Option<&'a str> {
    let layers = node.get("layers")?;
    if let Some(layer) = layers.get(id) {
        return layer.get_text("source");
    }
    let splits = id.match_indices('-').map(|(at, _)| (&id[..at], &id[at + 1..]));
    splits.filter_map(|(layer, member)| layers.get(layer)?.get("members")?.get(member)?.get_text("source")).next()
}
