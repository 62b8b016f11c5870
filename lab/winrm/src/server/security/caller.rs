//! The sender of a request.

use crate::kerberos::Sid;
use std::net::IpAddr;

/// The sender of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller<'a> {
    pub(crate) principal: &'a str,
    /// The owner of its shells: see [`owner`](super::account::owner).
    pub(crate) owner: &'a str,
    /// The groups in its ticket's PAC.
    pub(crate) groups: &'a [Sid],
    pub(crate) address: IpAddr,
    /// `http` or `https`.
    pub(crate) transport: &'a str,
    /// The endpoint's URL, as the client wrote it in `Host`.
    pub(crate) endpoint: &'a str,
}
