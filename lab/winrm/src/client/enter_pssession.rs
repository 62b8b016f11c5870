//! The message of `Enter-PSSession`, with Windows' own line breaks (CR LF) and blanks.

use super::settings::Authentication;
use super::status::{WindowsStatus, Wording};

const CAUSES: &str = "  \r\n Possible causes are:\r\n  \
    -The user name or password specified are invalid.\r\n  \
    -Kerberos is used when no authentication method and no user name are specified.\r\n  \
    -Kerberos accepts domain user names, but not local user names.\r\n  \
    -The Service Principal Name (SPN) for the remote computer name and port does not exist.\r\n  \
    -The client and remote computers are in different domains and there is no trust between the \
    two domains.\r\n \
    After checking for the above issues, try the following:\r\n  \
    -Check the Event Viewer for events related to authentication.\r\n  \
    -Change the authentication method; add the destination computer to the WinRM TrustedHosts \
    configuration setting or use HTTPS transport.\r\n \
    Note that computers in the TrustedHosts list might not be authenticated.\r\n   \
    -For more information about WinRM configuration, run the following command: winrm help config.";

/// The client's destination, and how it connects.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Destination<'a> {
    /// The target, as typed.
    pub(crate) target: &'a str,
    /// Its port.
    pub(crate) port: u16,
    /// The SPN.
    pub(crate) spn: &'a str,
    /// The requested authentication.
    pub(crate) authentication: Authentication,
    /// What the endpoint offers instead.
    pub(crate) offers: &'a [String],
}

/// The whole message.
pub(crate) fn enter_pssession(status: &WindowsStatus, destination: &Destination<'_>) -> String {
    let text = status.text.as_ref();
    let Destination { target, port, spn, .. } = *destination;
    let scheme = destination.authentication.name();
    let inner = match status.wording {
        Wording::ErrorCode => format!(
            "WinRM cannot process the request. The following error with errorcode {:#010x} occurred \
             while using {scheme} authentication: {text}{CAUSES}",
            status.value
        ),
        Wording::UnknownComputer => format!(
            "WinRM cannot process the request. The following error occurred while using Kerberos \
             authentication: The computer {target} is unknown to Kerberos. Verify that the computer \
             exists on the network, that the name provided is spelled correctly, and that the \
             Kerberos configuration for accessing the computer is correct. The most common Kerberos \
             configuration issue is that an SPN with the format {spn} is not configured for the \
             target. If Kerberos is not required, specify the Negotiate authentication mechanism \
             and resubmit the operation."
        ),
        Wording::Certificate => format!(
            "The server certificate on the destination computer ({target}:{port}) has the following \
             errors: \r\n{text}"
        ),
        Wording::Scheme => format!(
            "The WinRM client cannot process the request. The WinRM client tried to use {scheme} \
             authentication mechanism, but the destination computer ({target}:{port}) returned an \
             'access denied' error. Change the configuration to allow {scheme} authentication \
             mechanism to be used or specify one of the authentication mechanisms supported by the \
             server. To use Kerberos, specify the local computer name as the remote destination. \
             Also verify that the client computer and the destination computer are joined to a \
             domain. To use Basic, specify the local computer name as the remote destination, \
             specify Basic authentication and provide user name and password. Possible \
             authentication mechanisms reported by server: {}",
            destination.offers.join(" ")
        ),
        Wording::Plain => text.to_owned(),
    };
    format!(
        "Enter-PSSession : Connecting to remote server {target} failed with the following error \
         message : {inner} For more information, see the about_Remote_Troubleshooting Help topic."
    )
}

#[cfg(test)]
mod tests {
    use super::super::status::Condition;
    use super::*;

    fn destination(authentication: Authentication) -> Destination<'static> {
        Destination { target: "mem1", port: 5985, spn: "HTTP/mem1", authentication, offers: &[] }
    }

    #[test]
    fn the_article_s_message() {
        let status = Condition::WrongPrincipal.status();
        let message = enter_pssession(&status, &destination(Authentication::Kerberos));
        assert!(message.starts_with(
            "Enter-PSSession : Connecting to remote server mem1 failed with the following error \
             message : WinRM cannot process the request. The following error with errorcode \
             0x80090322 occurred while using Kerberos authentication: An unknown security error \
             occurred.  \r\n Possible causes are:\r\n  -The user name or password"
        ));
        assert!(message.ends_with(
            "authenticated.\r\n   -For more information about WinRM configuration, run the following \
             command: winrm help config. For more information, see the about_Remote_Troubleshooting \
             Help topic."
        ));
        assert_eq!(message.matches("\r\n").count(), 11);
        let message = enter_pssession(&status, &destination(Authentication::Negotiate));
        assert!(message.contains("occurred while using Negotiate authentication:"), "{message}");
    }

    #[test]
    fn an_unknown_computer() {
        let status = Condition::TargetUnknown.status();
        let message = enter_pssession(&status, &destination(Authentication::Kerberos));
        assert!(message.contains("The computer mem1 is unknown to Kerberos."));
        assert!(message.contains("an SPN with the format HTTP/mem1 is not configured"));
        assert!(!message.contains("errorcode"));
    }
}
