//! The texts of the events.

use std::fmt::Write as _;

use crate::wire::KrbError;

/// Kerberos client, event 4 (KB 2706695; the wording since Windows Server 2008).
pub(super) fn modified(server: &str, target_realm: &str, spn: &str, client_realm: &str) -> String {
    format!(
        "The Kerberos client received a KRB_AP_ERR_MODIFIED error from the server {server}. The \
         target name used was {spn}. This indicates that the target server failed to decrypt the \
         ticket provided by the client. This can occur when the target server principal name (SPN) \
         is registered on an account other than the account the target service is using. Ensure \
         that the target SPN is only registered on the account used by the server. This error can \
         also happen if the target service account password is different than what is configured \
         on the Kerberos Key Distribution Center for that target service. Ensure that the service \
         on the server and the KDC are both configured to use the same password. If the server \
         name is not fully qualified, and the target domain ({target_realm}) is different from the \
         client domain ({client_realm}), check if there are identically named server accounts in \
         these two domains, or use the fully-qualified name to identify the server."
    )
}

/// Kerberos client, event 3. Fields without a fact in the outcome (times, source file, line) stay
/// empty.
pub(super) fn error_received(error: &KrbError, target: &str) -> String {
    let KrbError { code, name, realm, sname, e_text, .. } = error;
    let fields = [
        ("Client Time", String::new()),
        ("Server Time", String::new()),
        ("Error Code", format!("0x{code:x} {name}")),
        ("Extended Error", String::new()),
        ("Client Realm", String::new()),
        ("Client Name", String::new()),
        ("Server Realm", realm.clone()),
        ("Server Name", sname.clone()),
        ("Target Name", format!("{target}@{realm}")),
        ("Error Text", e_text.clone().unwrap_or_default()),
        ("File", String::new()),
        ("Line", String::new()),
    ];
    let mut text = "A Kerberos error message was received:\non logon session\n".to_owned();
    for (field, value) in fields {
        let line = format!("{field}: {value}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text + "Error Data is in record data."
}

/// KDC, event 11 ("occuring" is Microsoft's spelling).
pub(super) fn duplicate(spn: &str) -> String {
    format!(
        "The KDC encountered duplicate names while processing a Kerberos authentication request. \
         The duplicate name is {spn} (of type DS_SERVICE_PRINCIPAL_NAME). This may result in \
         authentication failures or downgrades to NTLM. In order to prevent this from occuring \
         remove the duplicate entries for {spn} in Active Directory."
    )
}

/// Security, event 4769: its fields by name.
pub(super) fn ticket_requested(principal: &str, fields: &[(&str, &str)], status: i64) -> String {
    let realm = principal.split_once('@').map_or("", |(_, realm)| realm);
    let mut text = "A Kerberos service ticket was requested.\n".to_owned();
    let client = [("TargetUserName", principal), ("TargetDomainName", realm)];
    for (field, value) in client.iter().chain(fields) {
        let _ = writeln!(text, "{field}: {value}");
    }
    let _ = write!(text, "Status: 0x{status:x}");
    text
}
