//! GSSAPI through MIT krb5. Most unsafe code of the crate is here. The rest is in `server::spawner`
//! and `server::winrs::shells`.
//!
//! This module calls `gss_accept_sec_context` directly. The safe wrappers drop the output token of
//! a failed step, and that token is the KRB-ERROR which the client must see. The types own their
//! handles and release them. Every call copies its input and output, so no pointer outlives it.
//!
//! Uses: kerberos.
#![expect(unsafe_code, reason = "calls into libgssapi_krb5; every handle is owned by a type here")]

mod channel_binding;
mod context;
mod credential;

pub use channel_binding::tls_server_end_point;
pub use context::{Context, Initiator, Step};
pub use credential::Credential;

use crate::kerberos::numbers;
use libgssapi_sys as sys;
use std::fmt;
use std::ptr;
use thiserror::Error;

const KRB5: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02];
const SPNEGO: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x02];
/// GSS_KRB5_NT_PRINCIPAL_NAME (RFC 1964 section 2.1.1): no canonicalisation of the host part.
const NT_PRINCIPAL: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x01];

/// A GSSAPI call that failed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{text}")]
pub struct GssError {
    /// The major status (RFC 2743).
    pub major: u32,
    /// The minor status: for krb5 a number of MIT's table, see [`numbers::protocol_code`].
    pub minor: u32,
    /// MIT's text, for people only. No decision may depend on it.
    pub text: String,
}

impl GssError {
    /// The Kerberos protocol code, if the minor status is one.
    pub fn code(&self) -> Option<i32> {
        numbers::protocol_code(self.minor)
    }
}

/// The mechanism of a context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mech {
    /// Bare Kerberos.
    Krb5,
    /// Kerberos negotiated by SPNEGO.
    Spnego,
}

fn oid(bytes: &'static [u8]) -> sys::gss_OID_desc {
    // The lengths of the constants above fit. The library only reads through the pointer.
    let length = sys::OM_uint32::try_from(bytes.len()).unwrap_or(0);
    sys::gss_OID_desc { length, elements: bytes.as_ptr().cast_mut().cast() }
}

impl Mech {
    fn oid(self) -> sys::gss_OID_desc {
        oid(match self {
            Self::Krb5 => KRB5,
            Self::Spnego => SPNEGO,
        })
    }
}

/// GSS_S_BAD_BINDINGS' routine error (RFC 2744 section 3.9.1).
const BAD_BINDINGS: u32 = 4;

fn failed(major: u32) -> bool {
    // Calling and routine errors are in the upper half. The lower half is supplementary.
    major >> 16 != 0
}

/// It must run on the thread of the failed call: MIT keeps the detailed text per thread.
fn error(major: u32, minor: u32) -> GssError {
    // Wrong channel bindings have no minor status of their own. SPNEGO's layer makes a number from
    // it that reads "Success".
    let has_detail = minor != 0 && (major >> 16) & 0xff != BAD_BINDINGS;
    let text = match display(minor, sys::GSS_C_MECH_CODE) {
        Some(text) if has_detail => text,
        _ => display(major, sys::GSS_C_GSS_CODE).unwrap_or_default(),
    };
    GssError { major, minor, text }
}

fn display(status: u32, kind: u32) -> Option<String> {
    let (mut minor, mut more) = (0, 0);
    let mut text = OutBuffer::new();
    // SAFETY: all pointers are to live locals; the text buffer is released by its type.
    let major = unsafe {
        sys::gss_display_status(
            &raw mut minor,
            status,
            kind.cast_signed(),
            ptr::null_mut(),
            &raw mut more,
            text.as_mut(),
        )
    };
    (!failed(major)).then(|| String::from_utf8_lossy(text.bytes()).into_owned())
}

/// A buffer that the library allocates.
struct OutBuffer(sys::gss_buffer_desc);

impl OutBuffer {
    fn new() -> Self {
        Self(sys::gss_buffer_desc { length: 0, value: ptr::null_mut() })
    }

    fn as_mut(&mut self) -> sys::gss_buffer_t {
        &raw mut self.0
    }

    fn bytes(&self) -> &[u8] {
        if self.0.value.is_null() || self.0.length == 0 {
            return &[];
        }
        // SAFETY: the library filled value and length together, and they live until drop.
        unsafe { std::slice::from_raw_parts(self.0.value.cast(), self.0.length) }
    }
}

impl Drop for OutBuffer {
    fn drop(&mut self) {
        let mut minor = 0;
        // SAFETY: an empty buffer is allowed; a filled one came from the library.
        unsafe { sys::gss_release_buffer(&raw mut minor, &raw mut self.0) };
    }
}

fn in_buffer(bytes: &[u8]) -> sys::gss_buffer_desc {
    // Input buffers are only read; the API has no const form.
    sys::gss_buffer_desc { length: bytes.len(), value: bytes.as_ptr().cast_mut().cast() }
}

/// A Kerberos principal name.
pub struct Name(sys::gss_name_t);

// SAFETY: MIT's names are immutable after import.
unsafe impl Send for Name {}

impl Name {
    /// Takes a principal as written. If it has no realm, it gets the default realm.
    pub fn principal(text: &str) -> Result<Self, GssError> {
        let mut minor = 0;
        let mut name = ptr::null_mut();
        let mut input = in_buffer(text.as_bytes());
        let mut kind = oid(NT_PRINCIPAL);
        // SAFETY: all pointers are to live locals; the library copies the text.
        let major = unsafe {
            sys::gss_import_name(&raw mut minor, &raw mut input, &raw mut kind, &raw mut name)
        };
        if failed(major) {
            return Err(error(major, minor));
        }
        Self(name).canonical()
    }

    /// The mechanism's own form of the name. It adds the default realm.
    fn canonical(&self) -> Result<Self, GssError> {
        let mut minor = 0;
        let mut name = Self(ptr::null_mut());
        let mut mech = Mech::Krb5.oid();
        // SAFETY: all pointers are to live locals; the input name stays valid.
        let major = unsafe {
            sys::gss_canonicalize_name(&raw mut minor, self.0, &raw mut mech, &raw mut name.0)
        };
        if failed(major) { Err(error(major, minor)) } else { Ok(name) }
    }

    /// The whole principal, with its realm.
    pub fn display(&self) -> Result<String, GssError> {
        let mut minor = 0;
        let mut text = OutBuffer::new();
        // SAFETY: the name is valid while `self` lives.
        let major = unsafe {
            sys::gss_display_name(&raw mut minor, self.0, text.as_mut(), ptr::null_mut())
        };
        if failed(major) {
            return Err(error(major, minor));
        }
        Ok(String::from_utf8_lossy(text.bytes()).into_owned())
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        let mut minor = 0;
        // SAFETY: null is allowed; otherwise the handle is ours and used nowhere else.
        unsafe { sys::gss_release_name(&raw mut minor, &raw mut self.0) };
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Name").field(&self.display().unwrap_or_default()).finish()
    }
}
