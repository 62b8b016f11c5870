//! Every environment variable that the crate reads, in one place.

use std::path::PathBuf;

/// `KRB5_CONFIG`: the configuration files of Kerberos, `/etc/krb5.conf` otherwise.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(super) fn krb5_conf() -> Vec<PathBuf> {
    match std::env::var_os("KRB5_CONFIG") {
        Some(list) => std::env::split_paths(&list).collect(),
        None => vec![PathBuf::from("/etc/krb5.conf")],
    }
}
