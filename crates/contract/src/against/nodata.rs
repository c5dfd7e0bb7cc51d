//! What a contract declares to be nothing, and a line of the crosswalk makes a class of.

use mutirao_core::{
    finding::Finding,
    pipeline::{Layer, Member, NodataSpec, Pipeline},
};
use mutirao_pipeline::nodata_on_a_line;

use crate::Contract;

/// A line of the agreed nodata, where the pipeline reads as nodata what the files declare. What the pipeline itself calls nodata it
/// holds against its crosswalks alone.
pub fn on_a_line(pipeline: &Pipeline, layer: &Layer, member: &Member, contract: &Contract) -> Option<Finding> {
    if member.nodata != NodataSpec::File {
        return None;
    }
    let agreed = contract.delivered().map_or(&contract.terms, |at| &contract.objects[at].terms).nodata?.value?;
    nodata_on_a_line(pipeline, layer, member, agreed, "the contract")
}
