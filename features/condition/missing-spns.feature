@fault-missing
Feature: An SPN that no account holds is unknown to Kerberos
  If nobody holds the requested SPN and no alias stands for it, the KDC issues no ticket. A Windows client then
  says that the computer is unknown to Kerberos. This error is not 0x80090322 and has another remedy. Neither
  WSMAN nor an SPN with a port has an alias. A Windows client may remember for a quarter of an hour that a name
  was unknown. The lab's client asks the KDC each time.

  Background:
    Given a healthy lab

  Rule: The name of a service that was never registered

    Scenario Outline: WSMAN is asked for at <host>, and WinRM has not registered it
      When a client that asks for "WSMAN" connects to "<host>"
      And the engineer diagnoses "<host>"
      Then the KDC issues no ticket: "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"
      And a Windows client would report "SEC_E_TARGET_UNKNOWN (0x80090303)"
      And the message says "The computer <host> is unknown to Kerberos."
      And the verdict is "missing"
      And the Kerberos outcome matches the record

      Examples: both name forms
        | host             |
        | mem1.contoso.com |
        | mem1             |

    Scenario: The port of HTTPS is another name than the port of HTTP
      Given "HTTP/mem1.contoso.com:5986" is registered on "MEM1$"
      When the user connects to "mem1.contoso.com" with the port in the SPN
      Then the client asked for "HTTP/mem1.contoso.com:5985"
      And the KDC issues no ticket: "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"
      And the engineer's diagnosis predicts it
      And the message says "The computer mem1.contoso.com is unknown to Kerberos."
      And the Kerberos outcome matches the record

    @known-difference
    Scenario: Once the name is registered a client that was refused gets its ticket at once
      When a client that asks for "WSMAN" connects to "mem1.contoso.com"
      Then the KDC issues no ticket: "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"
      When "spn_operator" runs setspn "-S WSMAN/mem1.contoso.com MEM1"
      And a client that asks for "WSMAN" connects to "mem1.contoso.com"
      And the engineer diagnoses "mem1.contoso.com"
      Then the ticket was encrypted with the key of "MEM1$"
      And the session runs on MEM1 as the user
      And the verdict is "healthy"

  Rule: Another name of the same computer

    Scenario: A second DNS name without an SPN is unknown to Kerberos
      When the user connects to "www"
      And the engineer diagnoses "www"
      Then the client asked for "HTTP/www"
      And nobody holds "HTTP/www"
      And the KDC issues no ticket: "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"
      And the message says "The computer www is unknown to Kerberos."
      And the verdict is "target-unknown"
      And the Kerberos outcome matches the record

    Scenario: A second DNS name works once the computer account holds it
      Given "HTTP/www" is registered on "MEM1$"
      When the user connects to "www"
      Then the ticket was encrypted with the key of "MEM1$"
      And the session runs on MEM1 as the user

  Rule: No computer of the domain

    Scenario Outline: <host> is no computer of the domain
      When the user connects to "<host>"
      And the engineer diagnoses "<host>"
      Then the client asked for "HTTP/<host>"
      And the KDC issues no ticket: "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"
      And the message says "The computer <host> is unknown to Kerberos."
      And the verdict is "target-unknown"
      And the Kerberos outcome matches the record

      Examples: mistyped, and of another domain
        | host              |
        | mem9.contoso.com  |
        | mem9              |
        | mem1.fabrikam.com |

    Scenario: Kerberos may know a name that DNS does not
      Given "HTTP/mem9.contoso.com" is registered on "MEM1$"
      When the user connects to "mem9.contoso.com"
      Then the ticket was encrypted with the key of "MEM1$"
      And the message says "server name cannot be resolved"
      And the Kerberos outcome matches the record

  Rule: An address is no name

    Scenario: Kerberos is not tried for an address
      When the user connects to "192.0.2.1"
      Then no ticket was asked for
      And the message says "IP address"
      And the Kerberos outcome matches the record

    Scenario: Kerberos is not tried for MEM1's address
      When the user connects to the address of "mem1.contoso.com"
      Then no ticket was asked for
      And the message says "IP address"
