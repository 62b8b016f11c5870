//! Why a capture cannot be decoded at all.

/// This crate cannot decode the bytes as a capture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WireError {
    /// There is no pcap file header, or it is cut short.
    #[error("this is not a packet capture in pcap format")]
    NotPcap,
    /// The link type has no IP packets, or is not known here.
    #[error("captures of link type {number} cannot be decoded")]
    LinkType {
        /// The number that the file header gives.
        number: i32,
    },
    /// The capture is larger than the decoder's limit.
    #[error("the capture has {length} bytes, and only {limit} are decoded at once")]
    TooLarge {
        /// Its length in bytes.
        length: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A record claims to be longer than any packet. So nothing after it can be trusted.
    #[error("the record at offset {offset} claims a packet of {length} bytes")]
    Record {
        /// Where the record begins, in bytes from the start of the capture.
        offset: usize,
        /// The length it claims, in bytes.
        length: u32,
    },
}

impl WireError {
    /// Stable code of this kind of error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotPcap => "SPNLAB-WIRE-FORMAT",
            Self::LinkType { .. } => "SPNLAB-WIRE-LINK-TYPE",
            Self::TooLarge { .. } => "SPNLAB-WIRE-TOO-LARGE",
            Self::Record { .. } => "SPNLAB-WIRE-RECORD",
        }
    }

    /// The next step.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotPcap => "pcapng files can be converted: editcap -F pcap FROM TO",
            Self::LinkType { .. } => {
                "capture Ethernet, raw IP or the interface \"any\" (Linux cooked mode)"
            }
            Self::TooLarge { .. } => "cut the capture: editcap -c 100000 FROM TO",
            Self::Record { .. } => "the file is damaged here: capture again",
        }
    }
}
