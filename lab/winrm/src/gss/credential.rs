//! Credentials: an acceptor's keytab, an initiator's password or ticket cache.

use super::{GssError, Mech, Name, error, failed, in_buffer};
use libgssapi_sys as sys;
use std::ffi::CString;
use std::fmt;
use std::ptr;

/// Credentials of an initiator or an acceptor.
pub struct Credential {
    handle: sys::gss_cred_id_t,
    /// Accepting a token locks and writes the replay cache's file.
    keeps_replays: bool,
}

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
        unsafe { sys::gss_release_cred(&raw mut minor, &raw mut self.handle) };
    }
}

/// Key/value pairs of a credential store (MIT's gss_acquire_cred_from).
struct Store {
    owned: Vec<(CString, CString)>,
}

impl Store {
    fn new(pairs: &[(&str, &str)]) -> Self {
        // A path or a constant never has a NUL. With an empty value, the library refuses.
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
    if failed(major) {
        Err(error(major, minor))
    } else {
        Ok(Credential { handle: credential, keeps_replays: false })
    }
}

impl Credential {
    pub(super) fn handle(&self) -> sys::gss_cred_id_t {
        self.handle
    }

    /// Whether accepting a token waits for a file lock and for the disk.
    pub fn keeps_replays(&self) -> bool {
        self.keeps_replays
    }

    /// An acceptor with every key of a keytab and **no name**. So it serves any service principal
    /// name whose ticket one of the keys decrypts. `replay_cache` is as in `KRB5RCACHENAME`; `None`
    /// is the library's default.
    pub fn acceptor(keytab: &str, replay_cache: Option<&str>) -> Result<Self, GssError> {
        let mut pairs = vec![("keytab", keytab)];
        pairs.extend(replay_cache.map(|name| ("rcache", name)));
        let mut credential = acquire(None, sys::GSS_C_ACCEPT, &Store::new(&pairs))?;
        credential.keeps_replays = replay_cache != Some("none:");
        Ok(credential)
    }

    /// Initial credentials by password. It asks the KDC at once (AS-REQ).
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
        if failed(major) {
            Err(error(major, minor))
        } else {
            Ok(Self { handle: credential, keeps_replays: false })
        }
    }

    /// Writes initiator credentials into a credential cache, and replaces its content.
    pub fn store_into(&self, ccache: &str) -> Result<(), GssError> {
        let mut minor = 0;
        let mut mech = Mech::Krb5.oid();
        // SAFETY: all pointers are to live locals, or null where the API allows it.
        let major = Store::new(&[("ccache", ccache)]).with(|store| unsafe {
            sys::gss_store_cred_into(
                &raw mut minor,
                self.handle,
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

    /// The principal. For a default credential, this looks up the cache.
    pub fn principal(&self) -> Result<String, GssError> {
        let mut minor = 0;
        let mut name = Name(ptr::null_mut());
        // SAFETY: the outputs are live locals or null; the name is released by its type.
        let major = unsafe {
            sys::gss_inquire_cred(
                &raw mut minor,
                self.handle,
                &raw mut name.0,
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
            )
        };
        if failed(major) { Err(error(major, minor)) } else { name.display() }
    }
}
