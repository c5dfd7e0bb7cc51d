//! Which directory of a file is the raster, which are its overviews, and which are masks.

use crate::error::OpenError;
use crate::ifd::{Ifd, tags};
use crate::input::Input;

const REDUCED: u64 = 1;
const MASK: u64 = 4;

/// The directories of a file by what they are for.
#[derive(Debug)]
pub(crate) struct Pages {
    pub(crate) main: Ifd,
    pub(crate) mask: Option<Ifd>,
    /// Each overview with its mask.
    pub(crate) overviews: Vec<(Ifd, Option<Ifd>)>,
}

/// Sorts the directories of a file.
///
/// # Errors
/// Where no directory is a full-resolution image, or more than one is.
pub(crate) fn sort(input: &Input, directories: Vec<Ifd>) -> Result<Pages, OpenError> {
    let (mut images, mut reduced, mut masks) = (Vec::new(), Vec::new(), Vec::new());
    for ifd in directories {
        match kind(input, &ifd)? {
            kind if kind & MASK != 0 => masks.push((sides(input, &ifd)?, ifd)),
            kind if kind & REDUCED != 0 => reduced.push(ifd),
            _ => images.push(ifd),
        }
    }
    if images.is_empty() {
        return Err(OpenError::unsupported("no image of full resolution"));
    }
    let main = images.remove(0);
    check_others(input, &main, &images)?;
    let mut mask_of = |ifd: &Ifd| -> Result<Option<Ifd>, OpenError> {
        let size = sides(input, ifd)?;
        let place = masks.iter().position(|(mask, _)| *mask == size);
        Ok(place.map(|place| masks.remove(place).1))
    };
    let mask = mask_of(&main)?;
    let overviews =
        reduced.into_iter().map(|ifd| mask_of(&ifd).map(|mask| (ifd, mask))).collect::<Result<Vec<_>, _>>()?;
    if let Some(((width, height), _)) = masks.first().filter(|_| mask.is_none()) {
        return Err(OpenError::unsupported(format!(
            "a mask of {width:?} x {height:?} pixels, which is no size of the image"
        )));
    }
    Ok(Pages { main, mask, overviews })
}

/// Further pages are tolerated only if they cannot be meant as the raster: another size, and not georeferenced.
fn check_others(input: &Input, main: &Ifd, others: &[Ifd]) -> Result<(), OpenError> {
    let size = sides(input, main)?;
    for other in others {
        let georeferenced = other.entry(tags::MODEL_TIEPOINT).is_some()
            || other.entry(tags::MODEL_TRANSFORMATION).is_some()
            || other.entry(tags::GEO_KEY_DIRECTORY).is_some();
        if georeferenced || sides(input, other)? == size {
            return Err(OpenError::unsupported(format!("{} images in one file", others.len() + 1)));
        }
    }
    Ok(())
}

fn kind(input: &Input, ifd: &Ifd) -> Result<u64, OpenError> {
    if let Some(kind) = ifd.whole(input, tags::NEW_SUBFILE_TYPE)? {
        return Ok(kind);
    }
    // The older tag says 2 for a reduced image.
    Ok(match ifd.whole(input, tags::SUBFILE_TYPE)? {
        Some(2) => REDUCED,
        _ => 0,
    })
}

fn sides(input: &Input, ifd: &Ifd) -> Result<(Option<u64>, Option<u64>), OpenError> {
    Ok((ifd.whole(input, tags::IMAGE_WIDTH)?, ifd.whole(input, tags::IMAGE_LENGTH)?))
}
