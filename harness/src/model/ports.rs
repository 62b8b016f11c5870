//! The ports that the judge reads on the wire.

/// The KDC (RFC 4120 section 7.2).
pub(crate) const KDC: u16 = 88;
/// HTTP: the web site, and WinRM.
pub(crate) const HTTP: [u16; 2] = [80, 5985];
/// WinRM inside TLS. A capture shows when such a connection ends, but not its messages.
pub(crate) const TLS: u16 = 5986;
