//! `mutirao contract pack`.
pub fn pack(_args: &crate::args::ContractPackArgs, _tools: &crate::network::Tools, _json: bool) -> crate::exit::Exit {
    crate::exit::Exit::Ok
}
