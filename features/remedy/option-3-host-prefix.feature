@fault-misplaced @remedy-host-prefix
Feature: Option 3 with the article's reg line makes the client ask for HOST
  The article's text says WSMAN, and its reg add line sets HOST. Every computer account has its HOST SPNs, so
  nothing has to be registered for that value. Clients from Server 2025 on are said to ask like this by default.

  Background:
    Given a healthy lab
    And the HTTP SPNs of MEM1 are registered on the web site's service account

  Rule: It plans without changing

    Scenario: Planning the HOST prefix changes nothing
      When option 3-host is planned for "mem1.contoso.com"
      Then nothing has changed

  Rule: It fixes, and nothing is registered for it

    Scenario Outline: With the HOST prefix the host is reached as <host>
      When option 3-host is applied for "mem1.contoso.com"
      And the user connects to "<host>"
      Then the session runs on MEM1 as the user
      And the registry value "spn_prefix" of the client is "HOST"
      And the client asked for "HOST/<host>"
      And "HTTP/<host>" is held by "svc_web"
      And nobody holds "WSMAN/<host>"
      And the ticket was encrypted with the key of "MEM1$"
      And the Kerberos outcome matches the record

      Examples: both name forms
        | host             |
        | mem1.contoso.com |
        | mem1             |

  Rule: The article names HOST in its reg line and WSMAN in its text: HOST alone is enough

    Scenario: The WSMAN names of the article's text do nothing for a client that has the value of its reg line
      Given the registry value "spn_prefix" of the client is "HOST"
      When "spn_operator" runs setspn "-S WSMAN/mem1 MEM1"
      And "spn_operator" runs setspn "-S WSMAN/mem1.contoso.com MEM1"
      And the user connects to "mem1.contoso.com"
      Then "WSMAN/mem1.contoso.com" is held by "MEM1$"
      And "WSMAN/mem1" is held by "MEM1$"
      And the client asked for "HOST/mem1.contoso.com"
      And the ticket was encrypted with the key of "MEM1$"
      And the session runs on MEM1 as the user
      When "spn_operator" runs setspn "-D WSMAN/mem1 MEM1"
      And "spn_operator" runs setspn "-D WSMAN/mem1.contoso.com MEM1"
      And the user connects to "mem1.contoso.com"
      Then nobody holds "WSMAN/mem1.contoso.com"
      And nobody holds "WSMAN/mem1"
      And the client asked for "HOST/mem1.contoso.com"
      And the ticket was encrypted with the key of "MEM1$"
      And the session runs on MEM1 as the user

  Rule: Applying it again changes nothing

    Scenario: The HOST prefix has nothing to do a second time
      Given option 3-host has been applied for "mem1.contoso.com"
      When option 3-host is planned for "mem1.contoso.com"
      Then the plan has nothing to do

  Rule: Rolling back brings the failure back

    Scenario: Rolling back the HOST prefix brings 0x80090322 back
      Given option 3-host has been applied for "mem1.contoso.com"
      When the last option is rolled back
      And the user connects to "mem1.contoso.com"
      Then the client asked for "HTTP/mem1.contoso.com"
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"
      And the Kerberos outcome matches the record
