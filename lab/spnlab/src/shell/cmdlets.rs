//! The parameters of each command of PowerShell that this shell does, as PowerShell knows them.
//!
//! Uses: parameters.

use super::parameters::Parameters;

/// `New-PSSessionOption`.
pub(super) const SESSION_OPTION: Parameters = Parameters {
    switches: &["IncludePortInSPN"],
    values: &[],
    not_here: &[
        "MaximumRedirection",
        "NoCompression",
        "NoMachineProfile",
        "Culture",
        "UICulture",
        "MaximumReceivedDataSizePerCommand",
        "MaximumReceivedObjectSize",
        "OutputBufferingMode",
        "MaxConnectionRetryCount",
        "ApplicationArguments",
        "OpenTimeout",
        "CancelTimeout",
        "IdleTimeout",
        "ProxyAccessType",
        "ProxyAuthentication",
        "ProxyCredential",
        "SkipCACheck",
        "SkipCNCheck",
        "SkipRevocationCheck",
        "OperationTimeout",
        "NoEncryption",
        "UseUTF16",
    ],
    aliases: &[],
};

const NOT_HERE: &[&str] = &[
    "ConfigurationName",
    "ApplicationName",
    "CertificateThumbprint",
    "EnableNetworkAccess",
    "ConnectionUri",
    "AllowRedirection",
    "Session",
    "InstanceId",
    "Id",
    "Name",
    "VMId",
    "VMName",
    "ContainerId",
    "RunAsAdministrator",
    "HostName",
    "UserName",
    "KeyFilePath",
    "Subsystem",
    "SSHTransport",
];

/// `Enter-PSSession`.
pub(super) const ENTER: Parameters = Parameters {
    switches: &["UseSSL"],
    values: &["ComputerName", "SessionOption", "Authentication", "Credential", "Port"],
    not_here: NOT_HERE,
    aliases: &[("Cn", "ComputerName"), ("URI", "ConnectionUri"), ("CU", "ConnectionUri")],
};

/// `Invoke-Command`.
pub(super) const INVOKE: Parameters = Parameters {
    switches: &["UseSSL"],
    values: &[
        "ComputerName",
        "ScriptBlock",
        "SessionOption",
        "Authentication",
        "Credential",
        "Port",
    ],
    not_here: &[
        "ConfigurationName",
        "ApplicationName",
        "CertificateThumbprint",
        "EnableNetworkAccess",
        "ConnectionUri",
        "AllowRedirection",
        "Session",
        "VMId",
        "VMName",
        "ContainerId",
        "HostName",
        "UserName",
        "ThrottleLimit",
        "AsJob",
        "InDisconnectedSession",
        "SessionName",
        "HideComputerName",
        "JobName",
        "FilePath",
        "RemoteDebug",
        "ArgumentList",
        "InputObject",
        "NoNewScope",
    ],
    aliases: &[("Cn", "ComputerName"), ("Command", "ScriptBlock"), ("Args", "ArgumentList")],
};

/// `Test-WSMan`.
pub(super) const TEST: Parameters = Parameters {
    switches: &["UseSSL"],
    values: &["ComputerName", "Authentication", "Credential", "Port"],
    not_here: &["ApplicationName", "CertificateThumbprint"],
    aliases: &[("Cn", "ComputerName"), ("auth", "Authentication"), ("am", "Authentication")],
};
