@fault-misplaced @holders
Feature: Who holds the SPN decides whose key the ticket has
  The KDC looks for the account with exactly the requested name, in any letter case, and uses that
  account's key. Only without a holder does the alias of HOST count.

  Rule: Each name form stands for itself

    Background:
      Given a healthy lab

    Scenario Outline: With only <spn> on the service account, the host is asked as <host>
      Given "<spn>" is registered on "svc_web"
      When the user connects to "<host>"
      And the engineer diagnoses "<host>"
      Then the ticket was encrypted with the key of "<key>"
      And the attempt ends with "<end>"
      And the verdict is "<verdict>"
      And the Kerberos outcome matches the record

      Examples: (the full name alone, asked by the short one, is in http-spn-on-a-service-account)
        | spn                   | host             | key     | end                      | verdict  |
        | HTTP/mem1             | mem1             | svc_web | KRB_AP_ERR_MODIFIED (41) | shadowed |
        | HTTP/mem1             | mem1.contoso.com | MEM1$   | connected                | healthy  |
        | HTTP/mem1.contoso.com | mem1.contoso.com | svc_web | KRB_AP_ERR_MODIFIED (41) | shadowed |

    Scenario: Removing the one form that is there is enough
      Given "HTTP/mem1" is registered on "svc_web"
      When option 1 is applied for "mem1"
      And the user connects to "mem1"
      Then nobody holds "HTTP/mem1"
      And the session runs on MEM1 as the user

  Rule: Letter case makes no other name

    Background:
      Given a healthy lab
      And "http/MEM1.Contoso.Com" is registered on "svc_web"

    Scenario Outline: An SPN in other letters shadows the host, typed in <letters>
      When the user connects to "<host>"
      And the engineer diagnoses "<host>"
      Then the ticket was encrypted with the key of "svc_web"
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"
      And the verdict is "shadowed" by "svc_web"
      And the Kerberos outcome matches the record

      Examples: whatever the user types
        | letters       | host             |
        | small letters | mem1.contoso.com |
        | capitals      | MEM1.CONTOSO.COM |

    Scenario: Option 1 removes the SPN in the letters that it has
      When option 1 is applied for "mem1.contoso.com"
      And the user connects to "mem1.contoso.com"
      Then nobody holds "HTTP/mem1.contoso.com"
      And the session runs on MEM1 as the user

  Rule: Another computer account is as wrong as a service account

    Background:
      Given a healthy lab
      And "HTTP/mem1.contoso.com" is registered on "CLIENT$"

    Scenario: The ticket has the other computer's key, and the diagnosis names that computer
      When the user connects to "mem1.contoso.com"
      And the engineer diagnoses "mem1.contoso.com"
      Then the ticket was encrypted with the key of "CLIENT$"
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"
      And the verdict is "shadowed" by "CLIENT$"

    Scenario: Option 1 takes the SPN from the other computer
      When option 1 is applied for "mem1.contoso.com"
      And the user connects to "mem1.contoso.com"
      Then nobody holds "HTTP/mem1.contoso.com"
      And the session runs on MEM1 as the user
      And the Kerberos outcome matches the record

  Rule: On the computer account itself the SPN does no harm

    Background:
      Given a healthy lab
      And "HTTP/mem1.contoso.com" is registered on "MEM1$"

    Scenario: The host is reached, and the diagnosis finds nothing wrong
      When the user connects to "mem1.contoso.com"
      And the engineer diagnoses "mem1.contoso.com"
      Then "HTTP/mem1.contoso.com" is held by "MEM1$"
      And the ticket was encrypted with the key of "MEM1$"
      And the session runs on MEM1 as the user
      And the verdict is "healthy"

    Scenario: Option 1 leaves it where it is
      When option 1 is planned for "mem1.contoso.com"
      Then the plan has nothing to do
      And "HTTP/mem1.contoso.com" is held by "MEM1$"

  Rule: A disabled account serves all the same
    Disabling ends the account's own logons. Samba's KDC still encrypts tickets for its names; what a
    Windows KDC does then was not seen.

    Background:
      Given a healthy lab
      And "HTTP/mem1.contoso.com" is registered on "svc_app"
      And the account "svc_app" is disabled

    Scenario: An SPN on a disabled account breaks the host as on an enabled one
      When the user connects to "mem1.contoso.com"
      And the engineer diagnoses "mem1.contoso.com"
      Then the ticket was encrypted with the key of "svc_app"
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"
      And the verdict is "holder-disabled" by "svc_app"
      And the Kerberos outcome matches the record

    Scenario: Option 1 takes the SPN from a disabled account
      When option 1 is applied for "mem1.contoso.com"
      And the user connects to "mem1.contoso.com"
      Then nobody holds "HTTP/mem1.contoso.com"
      And the session runs on MEM1 as the user
      And the Kerberos outcome matches the record

  Rule: A new password is a new key, and still not MEM1's

    Background:
      Given a healthy lab
      And the HTTP SPNs of MEM1 are registered on the web site's service account
      And the password of "svc_web" has been changed

    Scenario: After the service account's password changed the error is the same
      When the user connects to "mem1.contoso.com"
      And the engineer diagnoses "mem1.contoso.com"
      Then the ticket was encrypted with the key of "svc_web"
      And the ticket has key version 3
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"
      And the verdict is "shadowed" by "svc_web"
      And the Kerberos outcome matches the record

    Scenario: After the service account's password changed option 1 fixes as before
      When option 1 is applied for "mem1.contoso.com"
      And the user connects to "mem1.contoso.com"
      Then the ticket was encrypted with the key of "MEM1$"
      And the ticket has key version 2
      And the session runs on MEM1 as the user
      And the Kerberos outcome matches the record
