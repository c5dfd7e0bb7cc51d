//! The one operation that carries coordinates from a CRS to another, chosen once and named.
#![allow(unsafe_code)]

mod area;
mod proj;

use std::ffi::{CStr, CString};
use std::mem::size_of;
use std::ptr;

use gdal::spatial_ref::SpatialRef;
use mutirao_core::door::{Refusal, RefusalCode, TransformationFacts};

pub use area::geo_box;

use crate::srs;

/// A part of the earth: [west, south, east, north] in degrees.
pub type GeoBox = [f64; 4];

/// A chosen operation. It belongs to the thread that made it.
pub struct Transformation {
    // Declared before the context, which must be destroyed last.
    operation: Object,
    _context: Context,
    facts: TransformationFacts,
}

impl Transformation {
    /// The best operation from one CRS to another around `area`: of those that PROJ offers, best first, the first that
    /// works with the grids installed and is no ballpark one; a ballpark one only if that is allowed.
    ///
    /// # Errors
    /// [`RefusalCode::BallparkTransformation`] or [`RefusalCode::NoTransformation`].
    pub fn between(
        from: &SpatialRef,
        to: &SpatialRef,
        area: Option<GeoBox>,
        allow_ballpark: bool,
    ) -> Result<Transformation, Refusal> {
        let none = || {
            let message = format!("PROJ knows no transformation from {} to {}", srs::name(from), srs::name(to));
            Refusal::new(
                RefusalCode::NoTransformation,
                message,
                "give the layer's CRS with `crs:`, or warp it beforehand",
            )
        };
        let context = Context::new().ok_or_else(none)?;
        let source = context.crs(&srs::wkt2_for_proj(from)?).ok_or_else(none)?;
        let target = context.crs(&srs::wkt2_for_proj(to)?).ok_or_else(none)?;
        let usable = context.operations(&source, &target, area, proj::DISCARD_IF_GRID_MISSING);
        let chosen = usable.iter().position(|o| !o.1.ballpark).or(if usable.is_empty() { None } else { Some(0) });
        let (operation, mut facts) = usable.into_iter().nth(chosen.ok_or_else(none)?).ok_or_else(none)?;
        if facts.ballpark && !allow_ballpark {
            return Err(ballpark(from, to, &facts));
        }
        facts.better = context.better_than(&facts, &source, &target, area);
        let operation = context.for_visualization(&operation).ok_or_else(none)?;
        Ok(Transformation { operation, _context: context, facts })
    }

    /// Which operation it is.
    pub fn facts(&self) -> &TransformationFacts {
        &self.facts
    }

    /// Carries points over in place, x east and y north on both sides, in the units of the CRSs. A point that has no
    /// place in the other CRS becomes NaN in both coordinates.
    pub fn apply(&self, points: &mut [[f64; 2]]) {
        if points.is_empty() {
            return;
        }
        let stride = size_of::<[f64; 2]>();
        let first = points.as_mut_ptr().cast::<f64>();
        // SAFETY: x and y of `points.len()` pairs lie `stride` bytes apart from `first` and `first + 1`; heights and times
        // are absent (null with count 0 is allowed).
        unsafe {
            let (n, none) = (points.len(), ptr::null_mut());
            proj::proj_trans_generic(
                self.operation.0,
                proj::FORWARD,
                first,
                stride,
                n,
                first.add(1),
                stride,
                n,
                none,
                0,
                0,
                none,
                0,
                0,
            );
        }
        for point in points {
            if !point[0].is_finite() || !point[1].is_finite() {
                *point = [f64::NAN; 2];
            }
        }
    }
}

fn ballpark(from: &SpatialRef, to: &SpatialRef, facts: &TransformationFacts) -> Refusal {
    let message = format!(
        "between {} and {} there is only a ballpark transformation ({}): the datum of one is unknown or unrelated, and \
         places may be off by hundreds of metres",
        srs::name(from),
        srs::name(to),
        facts.name
    );
    Refusal::new(
        RefusalCode::BallparkTransformation,
        message,
        "give the CRS with its datum as `crs:`, or say `allow_ballpark: true` if that is good enough",
    )
}

struct Context(proj::Handle);

impl Context {
    fn new() -> Option<Context> {
        // SAFETY: a fresh context, used by this thread only.
        unsafe {
            let context = proj::proj_context_create();
            if context.is_null() {
                return None;
            }
            proj::proj_context_set_enable_network(context, 0);
            proj::proj_log_level(context, proj::LOG_NONE);
            Some(Context(context))
        }
    }

    fn crs(&self, wkt: &CString) -> Option<Object> {
        // SAFETY: context and text live as long as the call.
        Object::new(unsafe { proj::proj_create(self.0, wkt.as_ptr()) })
    }

    fn operations(
        &self,
        from: &Object,
        to: &Object,
        area: Option<GeoBox>,
        grids: i32,
    ) -> Vec<(Object, TransformationFacts)> {
        // SAFETY: all handles belong to this context and live until their destroy call below.
        unsafe {
            let factory = proj::proj_create_operation_factory_context(self.0, ptr::null());
            if let Some([west, south, east, north]) = area {
                proj::proj_operation_factory_context_set_area_of_interest(self.0, factory, west, south, east, north);
            }
            proj::proj_operation_factory_context_set_spatial_criterion(self.0, factory, proj::PARTIAL_INTERSECTION);
            proj::proj_operation_factory_context_set_grid_availability_use(self.0, factory, grids);
            let list = proj::proj_create_operations(self.0, from.0, to.0, factory);
            proj::proj_operation_factory_context_destroy(factory);
            if list.is_null() {
                return Vec::new();
            }
            let found = (0..proj::proj_list_get_count(list))
                .filter_map(|index| Object::new(proj::proj_list_get(self.0, list, index)))
                .map(|operation| {
                    let facts = self.facts(&operation);
                    (operation, facts)
                })
                .collect();
            proj::proj_list_destroy(list);
            found
        }
    }

    fn facts(&self, operation: &Object) -> TransformationFacts {
        // SAFETY: the operation belongs to this context; the name is copied while it lives.
        unsafe {
            let name = proj::proj_get_name(operation.0);
            let accuracy = proj::proj_coordoperation_get_accuracy(self.0, operation.0);
            TransformationFacts {
                name: if name.is_null() { String::new() } else { CStr::from_ptr(name).to_string_lossy().into_owned() },
                accuracy_m: (accuracy >= 0.0).then_some(accuracy),
                ballpark: proj::proj_coordoperation_has_ballpark_transformation(self.0, operation.0) == 1,
                better: None,
            }
        }
    }

    /// The name and accuracy of an operation that PROJ would prefer if its grids were installed.
    fn better_than(
        &self,
        chosen: &TransformationFacts,
        from: &Object,
        to: &Object,
        area: Option<GeoBox>,
    ) -> Option<String> {
        let all = self.operations(from, to, area, proj::IGNORE_GRIDS);
        let (best, facts) = all.into_iter().find(|(_, facts)| !facts.ballpark)?;
        // SAFETY: the operation belongs to this context.
        let usable = unsafe { proj::proj_coordoperation_is_instantiable(self.0, best.0) } == 1;
        let accuracy = facts.accuracy_m.map_or("unknown".to_owned(), |metres| format!("{metres} m"));
        (!usable && facts.name != chosen.name).then(|| format!("{} (accuracy {accuracy})", facts.name))
    }

    fn for_visualization(&self, operation: &Object) -> Option<Object> {
        // SAFETY: the operation belongs to this context.
        Object::new(unsafe { proj::proj_normalize_for_visualization(self.0, operation.0) })
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: created by `new`, destroyed once, after the objects made in it.
        unsafe { proj::proj_context_destroy(self.0) };
    }
}

/// A CRS or an operation of PROJ.
struct Object(proj::Handle);

impl Object {
    fn new(handle: proj::Handle) -> Option<Object> {
        (!handle.is_null()).then_some(Object(handle))
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        // SAFETY: never null, destroyed once.
        unsafe { proj::proj_destroy(self.0) };
    }
}
