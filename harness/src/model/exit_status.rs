//! Exit statuses of a program that ends with one of the harness's errors (`docs/exit-codes.md`).

/// Something that should not happen.
pub const BUG: u8 = 1;

/// Wrong usage.
pub const USAGE: u8 = 2;

/// The Docker engine.
pub const DOCKER: u8 = 3;

/// The images, or the programs for them.
pub const IMAGES: u8 = 4;

/// A lab did not start.
pub const START: u8 = 5;

/// The lab is not the one, or not in the state, that is needed.
pub const LAB: u8 = 6;

/// This machine cannot use a file, a folder or standard output.
pub const FILES: u8 = 9;
