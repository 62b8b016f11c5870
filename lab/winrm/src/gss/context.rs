//! Security contexts: their establishment, and the protection of messages.

use super::credential::Credential;
use super::{GssError, Mech, Name, OutBuffer, error, failed, in_buffer};
use libgssapi_sys as sys;
use std::fmt;
use std::ptr;

/// GSS_S_UNAVAILABLE's routine error (RFC 2744 section 3.9.1).
const UNAVAILABLE: u32 = 16;
const NO_BINDINGS: sys::gss_channel_bindings_t = ptr::null_mut();
/// The name attribute of MIT's PAC plug-in. Only a PAC with a valid server signature has it.
const LOGON_INFO: &[u8] = b"urn:mspac:logon-info";

/// Channel bindings without addresses (RFC 2743 section 1.1.6).
fn bindings(data: &[u8]) -> sys::gss_channel_bindings_struct {
    let empty = || sys::gss_buffer_desc { length: 0, value: ptr::null_mut() };
    sys::gss_channel_bindings_struct {
        initiator_addrtype: sys::GSS_C_AF_UNSPEC,
        initiator_address: empty(),
        acceptor_addrtype: sys::GSS_C_AF_UNSPEC,
        acceptor_address: empty(),
        application_data: in_buffer(data),
    }
}

/// The result of one step towards an established context.
#[derive(Debug)]
pub enum Step {
    /// Established. The token, if any, must still reach the peer.
    Complete(Option<Vec<u8>>),
    /// The peer must answer this token.
    Continue(Vec<u8>),
    /// Refused; the token, if any, tells the peer why.
    Failed(Option<Vec<u8>>, GssError),
}

/// A security context, established or not yet.
pub struct Context {
    handle: sys::gss_ctx_id_t,
    flags: u32,
    /// Application data of the channel bindings that an initiator sends.
    channel: Option<Vec<u8>>,
}

// SAFETY: a context may move between threads; `&mut self` on every call keeps it on one at a time.
unsafe impl Send for Context {}

impl Default for Context {
    fn default() -> Self {
        Self { handle: ptr::null_mut(), flags: 0, channel: None }
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
    /// An initiator's context with channel bindings;
    /// [`tls_server_end_point`](super::tls_server_end_point) makes `data`.
    pub fn bound_to(data: Vec<u8>) -> Self {
        Self { channel: Some(data), ..Self::default() }
    }

    /// Acceptor: takes the initiator's token. The client's principal is in [`Context::initiator`].
    ///
    /// With `channel`, it refuses an initiator that sends other bindings. It accepts one that sends
    /// none, see [`Context::is_channel_bound`].
    pub fn accept(
        &mut self,
        credential: &Credential,
        channel: Option<&[u8]>,
        token: &[u8],
    ) -> Step {
        let mut channel = channel.map(bindings);
        let channel = channel.as_mut().map_or(NO_BINDINGS, |channel| &raw mut *channel);
        let mut minor = 0;
        let mut input = in_buffer(token);
        let mut output = OutBuffer::new();
        // SAFETY: all pointers are to live locals, or null where the API allows it; on failure
        // of the first call the library leaves the context handle null.
        let major = unsafe {
            sys::gss_accept_sec_context(
                &raw mut minor,
                &raw mut self.handle,
                credential.handle(),
                &raw mut input,
                channel,
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
        let mut channel = self.channel.as_deref().map(bindings);
        let channel = channel.as_mut().map_or(NO_BINDINGS, ptr::from_mut);
        // SAFETY: all pointers are to live locals, or null where the API allows it.
        let major = unsafe {
            sys::gss_init_sec_context(
                &raw mut minor,
                credential.handle(),
                &raw mut self.handle,
                target.0,
                &raw mut mech,
                flags,
                0,
                channel,
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

    /// Acceptor: whether the initiator sent the channel bindings that [`Context::accept`] got.
    pub fn is_channel_bound(&self) -> bool {
        self.flags & sys::GSS_C_CHANNEL_BOUND_FLAG != 0
    }

    /// The initiator, once the context is established.
    pub fn initiator(&self) -> Result<Initiator, GssError> {
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
        if failed(major) { Err(error(major, minor)) } else { Ok(Initiator(name)) }
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

/// The initiator of an established context: its name, and the facts of its ticket. The library
/// needs longer to produce it than to read it, so call [`Context::initiator`] once.
pub struct Initiator(Name);

impl std::fmt::Debug for Initiator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Initiator").finish_non_exhaustive()
    }
}

impl Initiator {
    /// The principal.
    pub fn principal(&self) -> Result<String, GssError> {
        self.0.display()
    }

    /// The logon information of the ticket's PAC (MS-PAC 2.5). `None` without a PAC whose signature
    /// is valid.
    pub fn logon_info(&self) -> Result<Option<Vec<u8>>, GssError> {
        let (mut minor, mut authenticated, mut complete, mut more) = (0, 0, 0, -1);
        let mut attribute = in_buffer(LOGON_INFO);
        let mut value = OutBuffer::new();
        let mut shown = OutBuffer::new();
        // SAFETY: all pointers are to live locals; the buffers are released by their type.
        let major = unsafe {
            sys::gss_get_name_attribute(
                &raw mut minor,
                self.0.0,
                &raw mut attribute,
                &raw mut authenticated,
                &raw mut complete,
                value.as_mut(),
                shown.as_mut(),
                &raw mut more,
            )
        };
        if failed(major) {
            // GSS_S_UNAVAILABLE: no PAC, or no such buffer in it.
            let unavailable = major >> 16 & 0xff == UNAVAILABLE;
            return if unavailable { Ok(None) } else { Err(error(major, minor)) };
        }
        Ok((authenticated != 0).then(|| value.bytes().to_vec()))
    }
}
