//! stub
use mutirao_engine::{Result, publish::Staging};
pub(super) fn write(_content: &super::Content<'_>, _staging: &Staging) -> Result<()> {
    Ok(())
}
