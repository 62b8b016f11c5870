@fault-misplaced @remedy-wsman-prefix
Feature: Option 3 makes the client ask for WSMAN instead of HTTP
  The article's third option: the registry value spn_prefix of the client is WSMAN (the article's
  prose; its own reg line says HOST), and WSMAN/<name> is registered on the computer account. The
  web site keeps its registration. WSMAN is no alias of HOST: it must really be registered.

  Background:
    Given a healthy lab
    And the HTTP SPNs of MEM1 are registered on the web site's service account

  Rule: It plans without changing

    Scenario: Planning option 3 changes nothing
      When option 3 is planned for "mem1.contoso.com"
      Then nothing has changed

  Rule: It fixes, for the client that has the registry value

    @smoke
    Scenario Outline: After option 3 the host is reached as <host>
      When option 3 is applied for "mem1.contoso.com"
      And the user connects to "<host>"
      Then the session runs on MEM1 as the user
      And the registry value "spn_prefix" of the client is "WSMAN"
      And the client asked for "WSMAN/<host>"
      And "WSMAN/<host>" is held by "MEM1$"
      And the ticket was encrypted with the key of "MEM1$"
      And the Kerberos outcome matches the record

      Examples: both name forms
        | host             |
        | mem1.contoso.com |
        | mem1             |

    Scenario Outline: Without the WSMAN SPNs, <host> is unknown to Kerberos
      Given the registry value "spn_prefix" of the client is "WSMAN"
      When the user connects to "<host>"
      Then the client asked for "WSMAN/<host>"
      And the KDC issues no ticket: "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"
      And the message says "The computer <host> is unknown to Kerberos."
      And the Kerberos outcome matches the record

      Examples: both name forms
        | host             |
        | mem1.contoso.com |
        | mem1             |

    Scenario Outline: With the WSMAN SPNs, a client without the registry value still fails at <host>
      Given "WSMAN/<host>" is registered on "MEM1$"
      When the user connects to "<host>"
      Then "WSMAN/<host>" is held by "MEM1$"
      And the client asked for "HTTP/<host>"
      And the ticket was encrypted with the key of "svc_web"
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"
      And the Kerberos outcome matches the record

      Examples: both name forms
        | host             |
        | mem1.contoso.com |
        | mem1             |

    Scenario: After option 3 the web site still works under the host's name
      When option 3 is applied for "mem1.contoso.com"
      Then the web site lets its user in under "mem1.contoso.com"
      And the web site lets its user in under "www.contoso.com"

  Rule: Applying it again changes nothing

    Scenario: Option 3 has nothing to do a second time
      Given option 3 has been applied for "mem1.contoso.com"
      When option 3 is planned for "mem1.contoso.com"
      Then the plan has nothing to do

  Rule: Rolling back brings the failure back

    Scenario: Rolling back option 3 brings 0x80090322 back
      Given option 3 has been applied for "mem1.contoso.com"
      When the last option is rolled back
      And the user connects to "mem1.contoso.com"
      Then the registry value "spn_prefix" of the client is not set
      And nobody holds "WSMAN/mem1.contoso.com"
      And nobody holds "WSMAN/mem1"
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"
      And the Kerberos outcome matches the record
