@remedy-host-back
Feature: A computer gets its HOST names back
  A machine that was replaced, renamed or joined again may have lost HOST to another account. Then every service
  of the machine fails, and option 1 alone leaves the names on nobody. This remedy, host-back, takes HOST off the
  wrong accounts and registers it on the computer account. It is not in the article.

  Background:
    Given a healthy lab
    And "HOST/mem1.contoso.com" is deleted from "MEM1$" in the database
    And "HOST/MEM1" is deleted from "MEM1$" in the database

  @fault-misplaced
  Rule: Another computer has the names, as after a replacement

    Background:
      Given "HOST/mem1.contoso.com" is registered on "CLIENT$"
      And "HOST/mem1" is registered on "CLIENT$"

    Scenario: The ticket has the other computer's key, and giving HOST back is the best way
      When the user connects to "mem1.contoso.com"
      And the engineer diagnoses "mem1.contoso.com"
      And the engineer weighs the ways out for "mem1.contoso.com"
      Then the ticket was encrypted with the key of "CLIENT$"
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"
      And the verdict is "shadowed" by "CLIENT$"
      And the best way is option host-back
      And the Kerberos outcome matches the record

    Scenario: Planning host-back changes nothing
      When option host-back is planned for "mem1.contoso.com"
      Then nothing has changed

    Scenario Outline: After host-back the host is reached as <host>, and the other computer keeps its own names
      When option host-back is applied for "mem1.contoso.com"
      And the user connects to "<host>"
      Then "HOST/<host>" is held by "MEM1$"
      And "HOST/client.contoso.com" is held by "CLIENT$"
      And the ticket was encrypted with the key of "MEM1$"
      And the session runs on MEM1 as the user
      And the Kerberos outcome matches the record

      Examples: both name forms
        | host             |
        | mem1.contoso.com |
        | mem1             |

    Scenario: Host-back has nothing to do a second time
      Given option host-back has been applied for "mem1.contoso.com"
      When option host-back is planned for "mem1.contoso.com"
      Then the plan has nothing to do

    Scenario: Rolling back host-back brings 0x80090322 back
      Given option host-back has been applied for "mem1.contoso.com"
      When the last option is rolled back
      And the user connects to "mem1.contoso.com"
      Then "HOST/mem1.contoso.com" is held by "CLIENT$"
      And "HOST/mem1" is held by "CLIENT$"
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"

    @hand-off
    Scenario: The lines of host-back mend it when they are typed
      When the setspn lines of option host-back for "mem1.contoso.com" are typed on CLIENT
      And the user connects to "mem1.contoso.com"
      Then "HOST/mem1.contoso.com" is held by "MEM1$"
      And the session runs on MEM1 as the user

    Scenario: The steps of the diagnosis mend it when they are typed
      When the engineer diagnoses "mem1.contoso.com"
      Then the next steps say "setspn -D host/mem1.contoso.com CLIENT"
      And the next steps say "setspn -D HOST/mem1 CLIENT"
      And the next steps say "setspn -R MEM1"
      When "spn_operator" runs setspn "-D HOST/mem1.contoso.com CLIENT"
      And "spn_operator" runs setspn "-D HOST/mem1 CLIENT"
      And "spn_operator" runs setspn "-R MEM1"
      And the user connects to "mem1.contoso.com"
      Then "HOST/mem1.contoso.com" is held by "MEM1$"
      And "HOST/mem1" is held by "MEM1$"
      And the session runs on MEM1 as the user

    @safety
    Scenario: A host-back that is killed anywhere gives every name back
      When option host-back for "mem1.contoso.com" is killed at each of its points in turn, and rolled back
      Then at least 8 kills left every SPN exactly as it was

  @fault-misplaced
  Rule: A service account has the names

    Background:
      Given "HOST/mem1.contoso.com" is registered on "svc_app"

    Scenario: HOST on a service account shadows every service of the host
      When the user connects to "mem1.contoso.com"
      And the engineer diagnoses "mem1.contoso.com"
      Then the ticket was encrypted with the key of "svc_app"
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And the verdict is "shadowed" by "svc_app"
      And the engineer's diagnosis predicts it
      When option host-back is applied for "mem1.contoso.com"
      And the user connects to "mem1.contoso.com"
      Then "HOST/mem1.contoso.com" is held by "MEM1$"
      And "HOST/mem1" is held by "MEM1$"
      And the session runs on MEM1 as the user

    @setspn
    Scenario: setspn -X --shadowed finds HOST on a service account
      When "trainer" runs setspn "-P -X --shadowed"
      Then setspn ends with status 3 and says "HOST/mem1.contoso.com"
      And setspn ends with status 3 and says "svc_app"

  @fault-missing
  Rule: Nobody has the names

    Scenario: Without HOST there is no ticket, and host-back registers the names
      When the user connects to "mem1.contoso.com"
      And the engineer diagnoses "mem1.contoso.com"
      And the engineer weighs the ways out for "mem1.contoso.com"
      Then the KDC issues no ticket: "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"
      And the verdict is "missing"
      And the next steps say "setspn -R MEM1"
      And the best way is option host-back
      And the Kerberos outcome matches the record
      When option host-back is applied for "mem1.contoso.com"
      And the user connects to "mem1.contoso.com"
      Then "HOST/mem1.contoso.com" is held by "MEM1$"
      And the session runs on MEM1 as the user
      When the last option is rolled back
      And the user connects to "mem1.contoso.com"
      Then the KDC issues no ticket: "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"
