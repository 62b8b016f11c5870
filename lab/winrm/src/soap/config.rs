//! `winrm/config`, read-only (MS-WSMV 2.2.4.7): limits that a client may read before it sends.

use super::ns;

/// The settings of this endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'a> {
    /// The largest message, in kB of 1024 bytes.
    pub max_envelope_kb: usize,
    /// The longest OperationTimeout in milliseconds.
    pub max_timeout_ms: u128,
    /// Whether the endpoint accepts plain messages.
    pub allow_unencrypted: bool,
    /// CbtHardeningLevel: `None`, `Relaxed` or `Strict`.
    pub hardening: &'a str,
    /// Shells of one user.
    pub max_shells_per_user: usize,
    /// Commands of one shell.
    pub max_processes_per_shell: usize,
    /// The idle time-out of a shell in milliseconds.
    pub idle_timeout_ms: u128,
}

/// The body of the answer to a Get.
pub fn config(settings: &Settings<'_>) -> String {
    let Settings {
        max_envelope_kb,
        max_timeout_ms,
        allow_unencrypted,
        hardening,
        max_shells_per_user,
        max_processes_per_shell,
        idle_timeout_ms,
    } = settings;
    format!(
        "<cfg:Config xmlns:cfg=\"{}\"><cfg:MaxEnvelopeSizekb>{max_envelope_kb}</cfg:MaxEnvelopeSizekb>\
         <cfg:MaxTimeoutms>{max_timeout_ms}</cfg:MaxTimeoutms>\
         <cfg:Service><cfg:AllowUnencrypted>{allow_unencrypted}</cfg:AllowUnencrypted>\
         <cfg:Auth><cfg:Basic>false</cfg:Basic><cfg:Kerberos>true</cfg:Kerberos>\
         <cfg:Negotiate>true</cfg:Negotiate><cfg:Certificate>false</cfg:Certificate>\
         <cfg:CredSSP>false</cfg:CredSSP>\
         <cfg:CbtHardeningLevel>{hardening}</cfg:CbtHardeningLevel></cfg:Auth>\
         <cfg:DefaultPorts><cfg:HTTP>5985</cfg:HTTP><cfg:HTTPS>5986</cfg:HTTPS></cfg:DefaultPorts>\
         </cfg:Service><cfg:Winrs><cfg:AllowRemoteShellAccess>true</cfg:AllowRemoteShellAccess>\
         <cfg:IdleTimeout>{idle_timeout_ms}</cfg:IdleTimeout>\
         <cfg:MaxProcessesPerShell>{max_processes_per_shell}</cfg:MaxProcessesPerShell>\
         <cfg:MaxShellsPerUser>{max_shells_per_user}</cfg:MaxShellsPerUser></cfg:Winrs></cfg:Config>",
        ns::CONFIG
    )
}
