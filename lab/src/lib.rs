//! What a trainer's command line and the scenarios share: an engineer who works on a lab with the
//! core fix library.
//!
//! This is where the judge (`spnlab-harness`) and the accused (`spnfix`) meet; neither knows the
//! other.

mod article;
mod engineer;
mod observed;
mod registry;

pub use article::{ArticleOption, NoSuchOption};
pub use engineer::{Engineer, access};
pub use observed::observed;
pub use registry::LabRegistry;
