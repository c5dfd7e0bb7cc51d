//! The calls of PROJ's C API that choose an operation between two CRSs. GDAL links the same library but hides which
//! operation it takes, how accurate that is and whether it is a ballpark one.
#![allow(unsafe_code)]

use std::ffi::{c_char, c_double, c_int, c_void};

/// An opaque object of PROJ.
pub type Handle = *mut c_void;

pub const FORWARD: c_int = 1;
pub const PARTIAL_INTERSECTION: c_int = 1;
pub const DISCARD_IF_GRID_MISSING: c_int = 1;
pub const IGNORE_GRIDS: c_int = 2;
pub const LOG_NONE: c_int = 0;

#[link(name = "proj")]
unsafe extern "C" {
    pub fn proj_context_create() -> Handle;
    pub fn proj_context_destroy(context: Handle) -> Handle;
    pub fn proj_context_set_enable_network(context: Handle, enabled: c_int) -> c_int;
    pub fn proj_log_level(context: Handle, level: c_int) -> c_int;
    pub fn proj_create(context: Handle, definition: *const c_char) -> Handle;
    pub fn proj_destroy(object: Handle) -> Handle;
    pub fn proj_get_name(object: Handle) -> *const c_char;
    pub fn proj_create_operation_factory_context(context: Handle, authority: *const c_char) -> Handle;
    pub fn proj_operation_factory_context_destroy(factory: Handle);
    pub fn proj_operation_factory_context_set_area_of_interest(
        context: Handle,
        factory: Handle,
        west: c_double,
        south: c_double,
        east: c_double,
        north: c_double,
    );
    pub fn proj_operation_factory_context_set_spatial_criterion(context: Handle, factory: Handle, criterion: c_int);
    pub fn proj_operation_factory_context_set_grid_availability_use(context: Handle, factory: Handle, usage: c_int);
    pub fn proj_create_operations(context: Handle, source: Handle, target: Handle, factory: Handle) -> Handle;
    pub fn proj_list_get_count(list: Handle) -> c_int;
    pub fn proj_list_get(context: Handle, list: Handle, index: c_int) -> Handle;
    pub fn proj_list_destroy(list: Handle);
    pub fn proj_coordoperation_has_ballpark_transformation(context: Handle, operation: Handle) -> c_int;
    pub fn proj_coordoperation_get_accuracy(context: Handle, operation: Handle) -> c_double;
    pub fn proj_coordoperation_is_instantiable(context: Handle, operation: Handle) -> c_int;
    pub fn proj_normalize_for_visualization(context: Handle, operation: Handle) -> Handle;
    pub fn proj_trans_generic(
        operation: Handle,
        direction: c_int,
        x: *mut c_double,
        x_stride: usize,
        x_count: usize,
        y: *mut c_double,
        y_stride: usize,
        y_count: usize,
        z: *mut c_double,
        z_stride: usize,
        z_count: usize,
        t: *mut c_double,
        t_stride: usize,
        t_count: usize,
    ) -> usize;
}
