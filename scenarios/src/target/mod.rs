//! A named domain and a WinRM host in it: no lab, and nothing of Docker. `--target` names them.
//!
//! - `described`: what the file says, and where the passwords are.
//! - `reached`: the directory, through the fix library, and the host, through `winrm-client`.
//! - `journals`: where the journals of a domain's fixes are.
//!
//! Uses: env.

mod described;
mod journals;
mod reached;

pub(crate) use described::{Differs, Target, TargetError};
pub(crate) use reached::{Fixed, Reached};
