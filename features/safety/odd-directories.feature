@fault-misplaced @safety
Feature: A fix does not make an inconsistent directory worse
  Directories grow for decades, by many hands and by replication. A fix meets states that no domain controller
  would accept today. It must not stop half-way in them, nor promise what it cannot do.

  Background:
    Given a healthy lab
    And the HTTP SPNs of MEM1 are registered on the web site's service account

  Rule: One name in several spellings is one name

    Scenario: A fix that is killed anywhere gives every spelling back
      Given "http/MEM1.Contoso.COM" is registered on "svc_web"
      When option 1 for "mem1.contoso.com" is killed at each of its points in turn, and rolled back
      Then at least 11 kills left every SPN exactly as it was

    Scenario: With every spelling removed the host is reached
      Given "http/MEM1.Contoso.COM" is registered on "svc_web"
      When option 1 is applied for "mem1.contoso.com"
      And the user connects to "mem1.contoso.com"
      Then the session runs on MEM1 as the user
      And nobody holds "HTTP/mem1.contoso.com"
      And the ticket was encrypted with the key of "MEM1$"

  Rule: The plan says beforehand what could not be undone

    Scenario: The plan for a duplicate warns that there is no way back
      Given "HTTP/mem1" is on both "svc_web" and "svc_app"
      When option 1 is planned for "mem1.contoso.com"
      Then nothing has changed
      And the plan warns "it may be impossible to take this back"

    @known-difference
    Scenario: A duplicate that Samba does not delete is left as it is
      Given "HTTP/mem1" is on both "svc_web" and "svc_app"
      When "spn_operator" tries to apply option 1 for "mem1.contoso.com"
      Then the fix is refused with "SPNFIX-DUPLICATE" and the hint "samba-tool spn delete"
      And nothing has changed

    Scenario: Rolling back finds an account that was moved meanwhile
      Given option 1 has been applied for "mem1.contoso.com"
      And the account "svc_web" was moved to "CN=Computers"
      When the last option is rolled back
      Then "HTTP/mem1.contoso.com" is held by "svc_web"
      And "HTTP/mem1" is held by "svc_web"

    Scenario: Rolling back does not take a name from an account that got it meanwhile
      Given option 1 has been applied for "mem1.contoso.com"
      And "HTTP/mem1" is registered on "svc_app"
      Then rolling back is refused with "SPNFIX-TAKEN" and changes nothing
