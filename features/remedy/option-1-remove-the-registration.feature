@fault-misplaced @remedy-remove-registration
Feature: Option 1 removes the registration from the service account
  The article's first option, for a registration that is no longer needed. It takes Kerberos away
  from the web site under the names of the host: their tickets then go to the computer account.

  Background:
    Given a healthy lab
    And the HTTP SPNs of MEM1 are registered on the web site's service account

  Rule: It plans without changing

    Scenario: Planning option 1 changes nothing and names the web site's loss
      When option 1 is planned for "mem1.contoso.com"
      Then nothing has changed
      And the plan warns that "svc_web" loses its tickets for "HTTP/mem1.contoso.com"

  Rule: It fixes

    @smoke
    Scenario Outline: After option 1 the host is reached as <host>
      When option 1 is applied for "mem1.contoso.com"
      And the user connects to "<host>"
      Then the session runs on MEM1 as the user
      And nobody holds "HTTP/<host>"
      And the ticket was encrypted with the key of "MEM1$"
      And the Kerberos outcome matches the record

      Examples: both name forms
        | host             |
        | mem1.contoso.com |
        | mem1             |

    Scenario: After option 1 the web site refuses Kerberos under the host's name
      When option 1 is applied for "mem1.contoso.com"
      Then the web site refuses its user under "mem1.contoso.com"
      And the web site lets its user in under "www.contoso.com"

  Rule: Applying it again changes nothing

    Scenario: Option 1 has nothing to do a second time
      Given option 1 has been applied for "mem1.contoso.com"
      When option 1 is planned for "mem1.contoso.com"
      Then the plan has nothing to do

  Rule: Rolling back brings the failure back

    Scenario: Rolling back option 1 brings 0x80090322 back
      Given option 1 has been applied for "mem1.contoso.com"
      When the last option is rolled back
      And the user connects to "mem1.contoso.com"
      Then "HTTP/mem1.contoso.com" is held by "svc_web"
      And "HTTP/mem1" is held by "svc_web"
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"
      And the web site lets its user in under "mem1.contoso.com"
      And the Kerberos outcome matches the record
