//! Labs that scenarios use in turn. A scenario is alone in a lab at its baseline. The lab's
//! engineer keeps a connection for the next scenario.
//!
//! Uses: env.

mod engineer;
mod lab_pool;
mod pooled_lab;
mod this_run;

pub(crate) use engineer::PooledEngineer;
pub(crate) use pooled_lab::PooledLab;
pub use this_run::samba;
pub(crate) use this_run::{Settings, pool, set_up, usual_labs};
