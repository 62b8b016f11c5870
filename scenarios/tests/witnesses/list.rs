//! Who is asked, with which options, in which state.

use crate::witness::Client::{
    self, Ansible, Curl, OlderAnsible, Pools, Pypsrp, Pywinrm, Versions, WinrmRs,
};
use crate::witness::State::{self, Article, Healthy, Registered, Removed, Strict};
use crate::witness::Witness;

const fn witness(
    name: &'static str,
    state: State,
    client: Client,
    options: &'static str,
) -> Witness {
    Witness { name, state, client, options }
}

const PSRP: &str = r#"{"auth":"kerberos","encryption":"auto","negotiate_service":"HTTP"}"#;
const PSRP_ALWAYS: &str = r#"{"auth":"kerberos","encryption":"always","negotiate_service":"HTTP"}"#;
const PSRP_NEGOTIATE: &str = r#"{"auth":"negotiate","negotiate_service":"HTTP"}"#;
const PSRP_WSMAN: &str = r#"{"auth":"kerberos","negotiate_service":"WSMAN"}"#;
const PSRP_PORT: &str = r#"{"auth":"kerberos","negotiate_service":"HTTP","negotiate_hostname_override":"mem1.contoso.com:5985"}"#;
/// Channel bindings are sent: the client's default.
const PSRP_TLS: &str = r#"{"auth":"kerberos","negotiate_service":"HTTP","ssl":true,"cert_validation":"/etc/spnlab/ca.pem"}"#;
const PSRP_TLS_UNBOUND: &str = r#"{"auth":"kerberos","negotiate_service":"HTTP","ssl":true,"cert_validation":"/etc/spnlab/ca.pem","negotiate_send_cbt":false}"#;
const PSRP_TLS_NEGOTIATE: &str = r#"{"auth":"negotiate","negotiate_service":"HTTP","ssl":true,"cert_validation":"/etc/spnlab/ca.pem"}"#;
const PSRP_TLS_UNTRUSTED: &str = r#"{"auth":"kerberos","negotiate_service":"HTTP","ssl":true}"#;
const PSRP_HOST: &str = r#"{"auth":"kerberos"}"#;
const WINRM_WSMAN: &str = r#"{"service":"WSMAN"}"#;
const WINRM_HOST: &str = r#"{"service":"HOST"}"#;
const WINRM_PORT: &str = r#"{"kerberos_hostname_override":"mem1.contoso.com:5985"}"#;
const WINRM_TLS: &str =
    r#"{"target":"https://mem1.contoso.com:5986/wsman","ca_trust_path":"/etc/spnlab/ca.pem"}"#;
const WINRM_TLS_UNBOUND: &str = r#"{"target":"https://mem1.contoso.com:5986/wsman","ca_trust_path":"/etc/spnlab/ca.pem","send_cbt":false}"#;
/// The CAs that come with the client, which do not hold the lab's.
const WINRM_TLS_UNTRUSTED: &str = r#"{"target":"https://mem1.contoso.com:5986/wsman"}"#;
const CURL_WSMAN: &str = "--service-name WSMAN";
const CURL_HOST: &str = "--service-name HOST";
const CURL_TLS: &str = "--cacert /etc/spnlab/ca.pem https://mem1.contoso.com:5986/wsman";
const CURL_TLS_UNTRUSTED: &str = "https://mem1.contoso.com:5986/wsman";
const ANSIBLE: &str = r#"{"ansible_connection":"winrm","ansible_winrm_scheme":"http","ansible_port":5985,"ansible_winrm_transport":"kerberos","ansible_winrm_kinit_mode":"manual","ansible_user":"trainer@CONTOSO.COM"}"#;
const ANSIBLE_WSMAN: &str = r#"{"ansible_connection":"winrm","ansible_winrm_scheme":"http","ansible_port":5985,"ansible_winrm_transport":"kerberos","ansible_winrm_kinit_mode":"manual","ansible_user":"trainer@CONTOSO.COM","ansible_winrm_service":"WSMAN"}"#;
const ANSIBLE_PORT: &str = r#"{"ansible_connection":"winrm","ansible_winrm_scheme":"http","ansible_port":5985,"ansible_winrm_transport":"kerberos","ansible_winrm_kinit_mode":"manual","ansible_user":"trainer@CONTOSO.COM","ansible_winrm_kerberos_hostname_override":"mem1.contoso.com:5985"}"#;
const ANSIBLE_TLS: &str = r#"{"ansible_connection":"winrm","ansible_winrm_scheme":"https","ansible_port":5986,"ansible_winrm_transport":"kerberos","ansible_winrm_kinit_mode":"manual","ansible_user":"trainer@CONTOSO.COM","ansible_winrm_ca_trust_path":"/etc/spnlab/ca.pem"}"#;

/// It knows the CAs built into it and no other.
const RS_TLS: &str = "https any-certificate";

/// All of them. A class without an SPN is asked for in the state `Article`.
pub(crate) const WITNESSES: &[Witness] = &[
    witness("versions", Healthy, Versions, ""),
    witness("healthy-pywinrm", Healthy, Pywinrm, "{}"),
    witness("healthy-pywinrm-https", Healthy, Pywinrm, WINRM_TLS),
    witness("healthy-pywinrm-https-wrong-ca", Healthy, Pywinrm, WINRM_TLS_UNTRUSTED),
    witness("healthy-pypsrp", Healthy, Pypsrp, PSRP),
    witness("healthy-pypsrp-encryption-always", Healthy, Pypsrp, PSRP_ALWAYS),
    witness("healthy-pypsrp-negotiate", Healthy, Pypsrp, PSRP_NEGOTIATE),
    witness("healthy-pypsrp-by-default", Healthy, Pypsrp, PSRP_HOST),
    witness("healthy-pypsrp-https", Healthy, Pypsrp, PSRP_TLS),
    witness("healthy-pypsrp-https-without-binding", Healthy, Pypsrp, PSRP_TLS_UNBOUND),
    witness("healthy-pypsrp-https-wrong-ca", Healthy, Pypsrp, PSRP_TLS_UNTRUSTED),
    witness("healthy-pypsrp-runspace-pools", Healthy, Pools, PSRP),
    witness("healthy-curl", Healthy, Curl, ""),
    witness("healthy-curl-https", Healthy, Curl, CURL_TLS),
    witness("healthy-curl-https-wrong-ca", Healthy, Curl, CURL_TLS_UNTRUSTED),
    witness("healthy-winrm-rs", Healthy, WinrmRs, ""),
    witness("healthy-winrm-rs-https", Healthy, WinrmRs, RS_TLS),
    witness("healthy-winrm-rs-https-wrong-ca", Healthy, WinrmRs, "https"),
    witness("healthy-ansible", Healthy, Ansible, ANSIBLE),
    witness("healthy-ansible-older", Healthy, OlderAnsible, ANSIBLE),
    witness("article-pywinrm", Article, Pywinrm, "{}"),
    witness("article-pywinrm-https", Article, Pywinrm, WINRM_TLS),
    witness("article-pywinrm-wsman-unregistered", Article, Pywinrm, WINRM_WSMAN),
    witness("article-pywinrm-port-unregistered", Article, Pywinrm, WINRM_PORT),
    witness("article-pywinrm-host", Article, Pywinrm, WINRM_HOST),
    witness("article-pypsrp", Article, Pypsrp, PSRP),
    witness("article-pypsrp-encryption-always", Article, Pypsrp, PSRP_ALWAYS),
    witness("article-pypsrp-negotiate", Article, Pypsrp, PSRP_NEGOTIATE),
    witness("article-pypsrp-by-default", Article, Pypsrp, PSRP_HOST),
    witness("article-pypsrp-https", Article, Pypsrp, PSRP_TLS),
    witness("article-pypsrp-wsman-unregistered", Article, Pypsrp, PSRP_WSMAN),
    witness("article-pypsrp-port-unregistered", Article, Pypsrp, PSRP_PORT),
    witness("article-curl", Article, Curl, ""),
    witness("article-curl-https", Article, Curl, CURL_TLS),
    witness("article-curl-wsman-unregistered", Article, Curl, CURL_WSMAN),
    witness("article-curl-host", Article, Curl, CURL_HOST),
    witness("article-winrm-rs", Article, WinrmRs, ""),
    witness("article-winrm-rs-https", Article, WinrmRs, RS_TLS),
    witness("article-ansible", Article, Ansible, ANSIBLE),
    witness("article-ansible-wsman-unregistered", Article, Ansible, ANSIBLE_WSMAN),
    witness("article-ansible-port-unregistered", Article, Ansible, ANSIBLE_PORT),
    witness("removed-pywinrm", Removed, Pywinrm, "{}"),
    witness("removed-pypsrp", Removed, Pypsrp, PSRP),
    witness("removed-curl", Removed, Curl, ""),
    witness("removed-winrm-rs-https", Removed, WinrmRs, RS_TLS),
    witness("removed-ansible", Removed, Ansible, ANSIBLE),
    witness("registered-pywinrm-wsman", Registered, Pywinrm, WINRM_WSMAN),
    witness("registered-pywinrm-port", Registered, Pywinrm, WINRM_PORT),
    witness("registered-pypsrp-wsman", Registered, Pypsrp, PSRP_WSMAN),
    witness("registered-pypsrp-port", Registered, Pypsrp, PSRP_PORT),
    witness("registered-curl-wsman", Registered, Curl, CURL_WSMAN),
    witness("registered-ansible-wsman", Registered, Ansible, ANSIBLE_WSMAN),
    witness("registered-ansible-port", Registered, Ansible, ANSIBLE_PORT),
    witness("strict-pywinrm", Strict, Pywinrm, "{}"),
    witness("strict-pywinrm-https", Strict, Pywinrm, WINRM_TLS),
    witness("strict-pywinrm-https-without-binding", Strict, Pywinrm, WINRM_TLS_UNBOUND),
    witness("strict-pypsrp-https", Strict, Pypsrp, PSRP_TLS),
    witness("strict-pypsrp-https-negotiate", Strict, Pypsrp, PSRP_TLS_NEGOTIATE),
    witness("strict-pypsrp-https-without-binding", Strict, Pypsrp, PSRP_TLS_UNBOUND),
    witness("strict-curl-https", Strict, Curl, CURL_TLS),
    witness("strict-winrm-rs-https", Strict, WinrmRs, RS_TLS),
    witness("strict-ansible-https", Strict, Ansible, ANSIBLE_TLS),
];
