//! Labs that scenarios use in turn. A scenario is alone in a lab at its baseline. The lab's
//! engineer keeps a connection for the next scenario.
//!
//! Uses: env.

mod engineer;
mod lab_pool;
mod pooled_lab;
mod settings;

pub(crate) use engineer::PooledEngineer;
pub(crate) use lab_pool::pool;
pub(crate) use pooled_lab::PooledLab;
pub use settings::samba;
pub(crate) use settings::{Settings, set_up, usual_labs};
