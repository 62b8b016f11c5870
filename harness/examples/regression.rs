//! A regression test as your own crate may have it: break a lab, connect, and compare what Kerberos
//! did with a snapshot. In your crate it is a `#[tokio::test]`; the lines are the same.
//!
//! ```console
//! cargo run -p spnlab-harness --example regression
//! ```

use spnlab_harness::{ConnectOptions, Fault, Lab, Result};

#[tokio::main]
async fn main() -> Result<()> {
    let lab = Lab::start().await?;
    lab.dc1().seed(&Fault::Article).await?;
    let attempt = lab.connect(&ConnectOptions::new("mem1.contoso.com", "hostname")).await?;
    insta::assert_yaml_snapshot!(attempt.outcome, @r#"
    target: mem1.contoso.com
    requested_spn: HTTP/mem1.contoso.com
    client_settings:
      spn_prefix: ~
      include_port_in_spn: false
    holders:
      - svc_web
    tgs:
      issued:
        sname: HTTP/mem1.contoso.com
        realm: CONTOSO.COM
        etype: aes256-cts-hmac-sha1-96 (18)
        kvno: 2
        encrypted_with_key_of:
          - svc_web
    ap:
      refused:
        on_the_wire: KRB_AP_ERR_MODIFIED (41)
        acceptor_said: KRB_AP_ERR_NOT_US (35)
    http_status: 401
    winrm: not-reached
    client_status:
      would_report: SEC_E_WRONG_PRINCIPAL (0x80090322)
      fully_qualified_error_id: CreateRemoteRunspaceFailed
      message: "Enter-PSSession : Connecting to remote server mem1.contoso.com failed with the following error message : WinRM cannot process the request. The following error with errorcode 0x80090322 occurred while using Kerberos authentication: An unknown security error occurred."
    remote: ~
    "#);
    lab.shutdown().await
}
