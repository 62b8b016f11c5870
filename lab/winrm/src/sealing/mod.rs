//! Sealed messages (MS-WSMV 2.2.9.1): the layout of their bodies, and their encryption with a GSS
//! context. `soap` has the messages themselves.
//!
//! Uses: gss.

mod message;
pub mod multipart;

pub use message::{OpenedMessage, SealError, Sequence, open, seal};
pub use multipart::{Label, MultipartError};
