//! GSSAPI through MIT krb5: the only module with unsafe code.
//!
//! `gss_accept_sec_context` is called directly because the safe wrappers drop the output token of
//! a failed step, and that token is the KRB-ERROR which the client must see. The types own their
//! handles and release them; every call copies its input and output, so no pointer outlives it.
#![expect(unsafe_code, reason = "calls into libgssapi_krb5; every handle is owned by a type here")]

use crate::krb5;
use libgssapi_sys as sys;
use std::ffi::CString;
use std::fmt;
use std::ptr;
use thiserror::Error;

const KRB5: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02];
const SPNEGO: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x02];
/// GSS_KRB5_NT_PRINCIPAL_NAME (RFC 1964 section 2.1.1): no canonicalisation of the host part.
const NT_PRINCIPAL: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x01];
const NO_BINDINGS: sys::gss_channel_bindings_t = ptr::null_mut();

/// A GSSAPI call that failed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{text}")]
pub struct GssError {
    /// The major status (RFC 2743).
    pub major: u32,
    /// The minor status: for krb5 a number of MIT's table, see [`krb5::protocol_code`].
    pub minor: u32,
    /// MIT's text, for people; never decide by it.
    pub text: String,
}

impl GssError {
    /// The Kerberos protocol code, if the minor status is one.
    pub fn code(&self) -> Option<i32> {
        krb5::protocol_code(self.minor)
    }
}

/// Which mechanism a context uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mech {
    /// Bare Kerberos.
    Krb5,
    /// Kerberos negotiated by SPNEGO.
    Spnego,
}

fn oid(bytes: &'static [u8]) -> sys::gss_OID_desc {
    // The length of the constants above fits; the library only reads through the pointer.
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

fn failed(major: u32) -> bool {
    // Calling and routine errors sit in the upper half; the lower half is supplementary.
    major >> 16 != 0
}

/// Must run on the thread that made the failing call: MIT keeps the detailed text per thread.
fn error(major: u32, minor: u32) -> GssError {
    let detail = display(minor, sys::GSS_C_MECH_CODE);
    let text = match detail {
        Some(text) if minor != 0 => text,
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
    /// Takes a principal as written, with the default realm if it has none.
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

    /// The mechanism's own form of the name: this is what adds the default realm.
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

/// Credentials of an initiator or an acceptor.
pub struct Credential(sys::gss_cred_id_t);

// SAFETY: MIT locks a credential inside the library (k5_mutex in krb5_gss_cred_id_rec).
unsafe impl Send for Credential {}
// SAFETY: as above; the calls here never change the handle through `&self`.
unsafe impl Sync for Credential {}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential")
    }
}

impl Drop for Credential {
    fn drop(&mut self) {
        let mut minor = 0;
        // SAFETY: null is allowed; otherwise the handle is ours and used nowhere else.
        unsafe { sys::gss_release_cred(&raw mut minor, &raw mut self.0) };
    }
}

/// Key/value pairs of a credential store (MIT's gss_acquire_cred_from).
struct Store {
    owned: Vec<(CString, CString)>,
}

impl Store {
    fn new(pairs: &[(&str, &str)]) -> Self {
        // A NUL cannot occur in a path or a constant; an empty value makes the library refuse.
        let text = |text: &str| CString::new(text).unwrap_or_default();
        Self { owned: pairs.iter().map(|(key, value)| (text(key), text(value))).collect() }
    }

    fn with<R>(&self, call: impl FnOnce(sys::gss_const_key_value_set_t) -> R) -> R {
        let mut elements: Vec<_> = self
            .owned
            .iter()
            .map(|(key, value)| sys::gss_key_value_element_desc {
                key: key.as_ptr(),
                value: value.as_ptr(),
            })
            .collect();
        let count = sys::OM_uint32::try_from(elements.len()).unwrap_or(0);
        let set = sys::gss_key_value_set_desc { count, elements: elements.as_mut_ptr() };
        call(if elements.is_empty() { ptr::null() } else { &raw const set })
    }
}

fn acquire(name: Option<&Name>, usage: u32, store: &Store) -> Result<Credential, GssError> {
    let mut minor = 0;
    let mut credential = ptr::null_mut();
    let name = name.map_or(ptr::null_mut(), |name| name.0);
    // SAFETY: all pointers are to live locals, or null where the API allows it.
    let major = store.with(|store| unsafe {
        sys::gss_acquire_cred_from(
            &raw mut minor,
            name,
            sys::OM_uint32::MAX,
            ptr::null_mut(),
            usage.cast_signed(),
            store,
            &raw mut credential,
            ptr::null_mut(),
            ptr::null_mut(),
        )
    });
    if failed(major) { Err(error(major, minor)) } else { Ok(Credential(credential)) }
}

impl Credential {
    /// An acceptor with every key of a keytab and **no name**, so that any service principal
    /// name is served whose ticket one of the keys decrypts. `replay_cache` as in
    /// `KRB5RCACHENAME`; `None` is the library's default.
    pub fn acceptor(keytab: &str, replay_cache: Option<&str>) -> Result<Self, GssError> {
        let mut pairs = vec![("keytab", keytab)];
        pairs.extend(replay_cache.map(|name| ("rcache", name)));
        acquire(None, sys::GSS_C_ACCEPT, &Store::new(&pairs))
    }

    /// Initial credentials by password; asks the KDC now (AS-REQ).
    pub fn with_password(name: &Name, password: &str) -> Result<Self, GssError> {
        let mut minor = 0;
        let mut credential = ptr::null_mut();
        let mut password = in_buffer(password.as_bytes());
        let mut mech = Mech::Krb5.oid();
        let mut mechs = sys::gss_OID_set_desc { count: 1, elements: &raw mut mech };
        // SAFETY: all pointers are to live locals; the library copies the password.
        let major = unsafe {
            sys::gss_acquire_cred_with_password(
                &raw mut minor,
                name.0,
                &raw mut password,
                sys::OM_uint32::MAX,
                &raw mut mechs,
                sys::GSS_C_INITIATE.cast_signed(),
                &raw mut credential,
                ptr::null_mut(),
                ptr::null_mut(),
            )
        };
        if failed(major) { Err(error(major, minor)) } else { Ok(Self(credential)) }
    }

    /// Writes initiator credentials into a credential cache, replacing its content.
    pub fn store_into(&self, ccache: &str) -> Result<(), GssError> {
        let mut minor = 0;
        let mut mech = Mech::Krb5.oid();
        // SAFETY: all pointers are to live locals, or null where the API allows it.
        let major = Store::new(&[("ccache", ccache)]).with(|store| unsafe {
            sys::gss_store_cred_into(
                &raw mut minor,
                self.0,
                sys::GSS_C_INITIATE.cast_signed(),
                &raw mut mech,
                1,
                1,
                store,
                ptr::null_mut(),
                ptr::null_mut(),
            )
        });
        if failed(major) { Err(error(major, minor)) } else { Ok(()) }
    }

    /// The tickets of a credential cache; `None` is the library's default (`KRB5CCNAME`).
    pub fn from_cache(name: Option<&Name>, ccache: Option<&str>) -> Result<Self, GssError> {
        let pairs: Vec<_> = ccache.iter().map(|ccache| ("ccache", *ccache)).collect();
        acquire(name, sys::GSS_C_INITIATE, &Store::new(&pairs))
    }

    /// The principal; for a default credential this looks the cache up.
    pub fn principal(&self) -> Result<String, GssError> {
        let mut minor = 0;
        let mut name = Name(ptr::null_mut());
        // SAFETY: the outputs are live locals or null; the name is released by its type.
        let major = unsafe {
            sys::gss_inquire_cred(
                &raw mut minor,
                self.0,
                &raw mut name.0,
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
            )
        };
        if failed(major) { Err(error(major, minor)) } else { name.display() }
    }
}

/// The outcome of one step of a context that is being established.
#[derive(Debug)]
pub enum Step {
    /// Established; the token, if any, still has to reach the peer.
    Complete(Option<Vec<u8>>),
    /// The peer has to answer this token.
    Continue(Vec<u8>),
    /// Refused; the token, if any, tells the peer why.
    Failed(Option<Vec<u8>>, GssError),
}

/// A security context, being established or established.
pub struct Context {
    handle: sys::gss_ctx_id_t,
    flags: u32,
}

// SAFETY: a context may move between threads; `&mut self` on every call keeps it on one at a time.
unsafe impl Send for Context {}

impl Default for Context {
    fn default() -> Self {
        Self { handle: ptr::null_mut(), flags: 0 }
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("flags", &self.flags).finish_non_exhaustive()
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        let mut minor = 0;
        // SAFETY: null is allowed; otherwise the handle is ours and used nowhere else.
        unsafe {
            sys::gss_delete_sec_context(&raw mut minor, &raw mut self.handle, ptr::null_mut())
        };
    }
}

fn step(major: u32, minor: u32, token: &OutBuffer) -> Step {
    let bytes = token.bytes();
    let some = (!bytes.is_empty()).then(|| bytes.to_vec());
    if failed(major) {
        Step::Failed(some, error(major, minor))
    } else if major & sys::GSS_S_CONTINUE_NEEDED != 0 {
        Step::Continue(bytes.to_vec())
    } else {
        Step::Complete(some)
    }
}

impl Context {
    /// Acceptor: takes the initiator's token. The client's principal is in [`Context::client`].
    pub fn accept(&mut self, credential: &Credential, token: &[u8]) -> Step {
        let mut minor = 0;
        let mut input = in_buffer(token);
        let mut output = OutBuffer::new();
        // SAFETY: all pointers are to live locals, or null where the API allows it; on failure
        // of the first call the library leaves the context handle null.
        let major = unsafe {
            sys::gss_accept_sec_context(
                &raw mut minor,
                &raw mut self.handle,
                credential.0,
                &raw mut input,
                NO_BINDINGS,
                ptr::null_mut(),
                ptr::null_mut(),
                output.as_mut(),
                &raw mut self.flags,
                ptr::null_mut(),
                ptr::null_mut(),
            )
        };
        step(major, minor, &output)
    }

    /// Initiator: makes the first token, or takes the acceptor's answer.
    pub fn initiate(
        &mut self,
        credential: &Credential,
        target: &Name,
        mech: Mech,
        token: Option<&[u8]>,
    ) -> Step {
        let flags = sys::GSS_C_MUTUAL_FLAG
            | sys::GSS_C_CONF_FLAG
            | sys::GSS_C_INTEG_FLAG
            | sys::GSS_C_REPLAY_FLAG
            | sys::GSS_C_SEQUENCE_FLAG;
        let mut minor = 0;
        let mut mech = mech.oid();
        let mut input = in_buffer(token.unwrap_or_default());
        let mut output = OutBuffer::new();
        // SAFETY: all pointers are to live locals, or null where the API allows it.
        let major = unsafe {
            sys::gss_init_sec_context(
                &raw mut minor,
                credential.0,
                &raw mut self.handle,
                target.0,
                &raw mut mech,
                flags,
                0,
                NO_BINDINGS,
                &raw mut input,
                ptr::null_mut(),
                output.as_mut(),
                &raw mut self.flags,
                ptr::null_mut(),
            )
        };
        step(major, minor, &output)
    }

    /// Whether the peer proved its identity.
    pub fn is_mutual(&self) -> bool {
        self.flags & sys::GSS_C_MUTUAL_FLAG != 0
    }

    /// The initiator's principal, once the context is established.
    pub fn client(&self) -> Result<String, GssError> {
        let mut minor = 0;
        let mut name = Name(ptr::null_mut());
        // SAFETY: unwanted outputs are null; the name is released by its type.
        let major = unsafe {
            sys::gss_inquire_context(
                &raw mut minor,
                self.handle,
                &raw mut name.0,
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
            )
        };
        if failed(major) { Err(error(major, minor)) } else { name.display() }
    }

    /// Encrypts and signs a message. Fails if the context cannot encrypt.
    pub fn wrap(&mut self, plaintext: &[u8]) -> Result<Vec<u8>, GssError> {
        let (mut minor, mut confidential) = (0, 0);
        let mut input = in_buffer(plaintext);
        let mut output = OutBuffer::new();
        // SAFETY: all pointers are to live locals; the handle is ours.
        let major = unsafe {
            sys::gss_wrap(
                &raw mut minor,
                self.handle,
                1,
                sys::GSS_C_QOP_DEFAULT,
                &raw mut input,
                &raw mut confidential,
                output.as_mut(),
            )
        };
        if failed(major) {
            return Err(error(major, minor));
        }
        encrypted(confidential)?;
        Ok(output.bytes().to_vec())
    }

    /// Verifies and decrypts a message. The flag is true if the sequence number was the next one.
    /// Fails if the message was only signed.
    pub fn unwrap(&mut self, token: &[u8]) -> Result<(Vec<u8>, bool), GssError> {
        let (mut minor, mut confidential, mut qop) = (0, 0, 0);
        let mut input = in_buffer(token);
        let mut output = OutBuffer::new();
        // SAFETY: all pointers are to live locals; the handle is ours.
        let major = unsafe {
            sys::gss_unwrap(
                &raw mut minor,
                self.handle,
                &raw mut input,
                output.as_mut(),
                &raw mut confidential,
                &raw mut qop,
            )
        };
        if failed(major) {
            return Err(error(major, minor));
        }
        encrypted(confidential)?;
        Ok((output.bytes().to_vec(), major == sys::GSS_S_COMPLETE))
    }
}

fn encrypted(confidential: i32) -> Result<(), GssError> {
    if confidential == 0 {
        let text = "the message is signed, but not encrypted".to_owned();
        return Err(GssError { major: 0, minor: 0, text });
    }
    Ok(())
}
