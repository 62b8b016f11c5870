@holders
Feature: A stale computer object does not hide the computer that is meant
  A machine that was joined again under another account leaves its old object behind, with the same
  dNSHostName. WinRM has the key of the new account. The diagnosis finds that one, names the stale object, and
  every plan is about the new account.

  Background:
    Given a healthy lab

  Rule: The stale object is disabled
    Samba's KDC issues tickets for a disabled account. What a Windows KDC does is not known.

    Background:
      Given the computer account "MEM1OLD$" with the host name "mem1.contoso.com" was left behind and disabled

    Scenario: The host is reached, and the diagnosis names the stale object
      When the user connects to "mem1.contoso.com"
      And the engineer diagnoses "mem1.contoso.com"
      Then the ticket was encrypted with the key of "MEM1$"
      And the session runs on MEM1 as the user
      And the verdict is "healthy"
      And the next steps say "delete MEM1OLD$ (CN=LAB-OLD-01,CN=Computers,DC=contoso,DC=com), or clear its dNSHostName"
      And no next step says "setspn"
      And the Kerberos outcome matches the record

    @fault-misplaced
    Scenario: Beside a stale object option 1 mends the article's fault
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      When the user connects to "mem1.contoso.com"
      And the engineer diagnoses "mem1.contoso.com"
      Then the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And the verdict is "shadowed" by "svc_web"
      When option 1 is applied for "mem1.contoso.com"
      And the user connects to "mem1.contoso.com"
      Then nobody holds "HTTP/mem1.contoso.com"
      And the ticket was encrypted with the key of "MEM1$"
      And the session runs on MEM1 as the user
      When the last option is rolled back
      And the user connects to "mem1.contoso.com"
      Then "HTTP/mem1.contoso.com" is held by "svc_web"
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"

    @fault-misplaced
    Scenario Outline: Beside a stale object option <option> gives the computer that is meant its names
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      When option <option> is applied for "mem1.contoso.com"
      And a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then "<spn>" is held by "MEM1$"
      And the ticket was encrypted with the key of "MEM1$"
      And the session runs on MEM1 as the user

      Examples: the options that add names
        | option | profile   | spn                        |
        | 2      | HTTP:5985 | HTTP/mem1.contoso.com:5985 |
        | 3      | WSMAN     | WSMAN/mem1.contoso.com     |

    @fault-misplaced
    Scenario: A stale object that holds the web name keeps it from the computer
      Given "HTTP/mem1.contoso.com" is registered on "MEM1OLD$"
      When the user connects to "mem1.contoso.com"
      And the engineer diagnoses "mem1.contoso.com"
      Then the ticket was encrypted with the key of "MEM1OLD$"
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"
      And the verdict is "holder-disabled" by "MEM1OLD$"
      And the Kerberos outcome matches the record
      When option 1 is applied for "mem1.contoso.com"
      And the user connects to "mem1.contoso.com"
      Then nobody holds "HTTP/mem1.contoso.com"
      And the session runs on MEM1 as the user
      When the last option is rolled back
      And the user connects to "mem1.contoso.com"
      Then the ticket was encrypted with the key of "MEM1OLD$"
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"

    @fault-duplicate
    Scenario: A stale object that still holds HOST, too, costs the computer its tickets
      Given "HOST/mem1.contoso.com" is on both "MEM1$" and "MEM1OLD$"
      When the user connects to "mem1.contoso.com"
      And the engineer diagnoses "mem1.contoso.com"
      Then the KDC issues no ticket: "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"
      And the verdict is that "MEM1$" and "MEM1OLD$" have the name
      And the next steps say "MEM1$ keeps it, as a name of its own; take it off the other: setspn -D host/mem1.contoso.com MEM1OLD"
      And no next step says "MEM1OLD$ keeps it"
      And no next step says "delete MEM1$"
      And the Kerberos outcome matches the record
      When the administrator deletes the account "MEM1OLD$"
      And the user connects to "mem1.contoso.com"
      And the engineer diagnoses "mem1.contoso.com"
      Then "HOST/mem1.contoso.com" is held by "MEM1$"
      And the session runs on MEM1 as the user
      And the verdict is "healthy"

  Rule: The stale object is still enabled

    @fault-misplaced
    Scenario: The computer that holds HOST is meant, and the other's dNSHostName is to be corrected
      Given the computer account "MEM1OLD$" with the host name "mem1.contoso.com" was left behind
      And "HTTP/mem1.contoso.com" is registered on "svc_app"
      When the user connects to "mem1.contoso.com"
      And the engineer diagnoses "mem1.contoso.com"
      Then the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And the verdict is "shadowed" by "svc_app"
      And the next steps say "correct the dNSHostName of MEM1OLD$"
      When option 1 is applied for "mem1.contoso.com"
      And the user connects to "mem1.contoso.com"
      Then the ticket was encrypted with the key of "MEM1$"
      And the session runs on MEM1 as the user
