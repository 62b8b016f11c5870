@fault-misplaced @remedy-port-spns
Feature: Option 2 gives WinRM SPNs of its own, with the port
  The article's second option: HTTP/<name>:5985 on the computer account, and clients that include
  the port in the SPN. The web site keeps its registration. A port SPN has no alias: until it is
  registered, the KDC does not know it.

  Background:
    Given a healthy lab
    And the HTTP SPNs of MEM1 are registered on the web site's service account

  Rule: It plans without changing

    Scenario: Planning option 2 changes nothing
      When option 2 is planned for "mem1.contoso.com"
      Then nothing has changed

  Rule: It fixes, for clients that include the port

    @smoke
    Scenario Outline: After option 2 the host is reached as <host> with the port in the SPN
      When option 2 is applied for "mem1.contoso.com"
      And the user connects to "<host>" with the port in the SPN
      Then the session runs on MEM1 as the user
      And the client asked for "HTTP/<host>:5985"
      And "HTTP/<host>:5985" is held by "MEM1$"
      And the ticket was encrypted with the key of "MEM1$"
      And the Kerberos outcome matches the record

      Examples: both name forms
        | host             |
        | mem1.contoso.com |
        | mem1             |

    Scenario Outline: Without the port SPNs, <host> with the port is unknown to Kerberos
      When the user connects to "<host>" with the port in the SPN
      Then the client asked for "HTTP/<host>:5985"
      And the KDC issues no ticket: "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"
      And the message says "The computer <host> is unknown to Kerberos."
      And the Kerberos outcome matches the record

      Examples: both name forms
        | host             |
        | mem1.contoso.com |
        | mem1             |

    Scenario Outline: With the port SPNs, a client that leaves the port out still fails at <host>
      When option 2 is applied for "mem1.contoso.com"
      And the user connects to "<host>"
      Then the client asked for "HTTP/<host>"
      And the ticket was encrypted with the key of "svc_web"
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"
      And the Kerberos outcome matches the record

      Examples: both name forms
        | host             |
        | mem1.contoso.com |
        | mem1             |

    Scenario: After option 2 the web site still works under the host's name
      When option 2 is applied for "mem1.contoso.com"
      Then the web site lets its user in under "mem1.contoso.com"
      And the web site lets its user in under "www.contoso.com"

  Rule: Applying it again changes nothing

    Scenario: Option 2 has nothing to do a second time
      Given option 2 has been applied for "mem1.contoso.com"
      When option 2 is planned for "mem1.contoso.com"
      Then the plan has nothing to do

  Rule: Rolling back brings the failure back

    Scenario: Rolling back option 2 makes the port SPN unknown again
      Given option 2 has been applied for "mem1.contoso.com"
      When the last option is rolled back
      And the user connects to "mem1.contoso.com" with the port in the SPN
      Then nobody holds "HTTP/mem1.contoso.com:5985"
      And nobody holds "HTTP/mem1:5985"
      And the KDC issues no ticket: "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"
      And the Kerberos outcome matches the record

    Scenario: Rolling back option 2 leaves the plain connection at 0x80090322
      Given option 2 has been applied for "mem1.contoso.com"
      When the last option is rolled back
      And the user connects to "mem1.contoso.com"
      Then nobody holds "HTTP/mem1.contoso.com:5985"
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"
      And the Kerberos outcome matches the record
