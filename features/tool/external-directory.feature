@fault-misplaced @external
Feature: spnlab works on an external directory, and writes only where the user named the domain
  With --server the verbs work on an external domain.

  Background:
    Given a healthy lab
    And the HTTP SPNs of MEM1 are registered on the web site's service account

  Scenario: It diagnoses
    When spnlab runs "diagnose mem1.contoso.com" against the DC by name
    Then spnlab ends with status 0 and says "(shadowed)"
    And spnlab says "Ways out for mem1.contoso.com, best first"

  Scenario: It says what to look at when the directory is right
    When spnlab runs "diagnose client.contoso.com --saw ap:41" against the DC by name
    Then spnlab ends with status 0 and says "(healthy)"
    And spnlab says "klist purge"
    And spnlab says "password"

  Scenario: Without the domain's name nothing is written
    When spnlab runs "fix --option 1 --yes" against the DC by name
    Then spnlab ends with status 2 and says "SPNLAB-UNCONFIRMED"
    And "HTTP/mem1.contoso.com" is held by "svc_web"
    And "HTTP/mem1" is held by "svc_web"

  Scenario: With another domain's name nothing is written
    When spnlab runs "fix --option 1 --confirm fabrikam.com" against the DC by name
    Then spnlab ends with status 2 and says "the domain contoso.com was not confirmed"
    And "HTTP/mem1.contoso.com" is held by "svc_web"
    And "HTTP/mem1" is held by "svc_web"

  Scenario: With the domain's name it is written, and undone from the journal
    When spnlab runs "fix --option 1 --confirm contoso.com" against the DC by name
    Then spnlab ends with status 0 and says "ok:"
    And spnlab says "back: spnlab rollback --server dc1.contoso.com --address"
    And nobody holds "HTTP/mem1.contoso.com"
    When spnlab runs "rollback --confirm contoso.com" against the DC by name
    Then spnlab ends with status 0 and says "done: add HTTP/mem1.contoso.com to svc_web"
    And "HTTP/mem1.contoso.com" is held by "svc_web"

  Scenario: Option 1 takes the name off the account that is named, and off no other
    Given "HTTP/client.contoso.com" is registered on "svc_web"
    And "HTTP/client" is registered on "svc_app"
    When spnlab runs "fix --option 1 --account svc_app client.contoso.com --confirm contoso.com" against the DC by name
    Then nobody holds "HTTP/client"
    And "HTTP/client.contoso.com" is held by "svc_web"

  Scenario: Only option 1 is about an account
    When spnlab runs "fix --option 2 --account svc_web --confirm contoso.com" against the DC by name
    Then spnlab ends with status 2 and says "SPNLAB-ACCOUNT"

  Scenario: It is read back in the domain controllers that are named
    When spnlab runs "fix --option 1 --confirm contoso.com --also-dc dc1=$LDAPS" against the DC by name
    Then spnlab ends with status 0 and says "dc1"
    And spnlab says "  ok: svc_web no longer holds HTTP/mem1.contoso.com"

  Scenario: A domain controller that cannot be asked is reported, and the others are asked all the same
    When spnlab runs "fix --option 1 --confirm contoso.com --also-dc dc2=127.0.0.1:1 --also-dc dc1=$LDAPS" against the DC by name
    Then spnlab ends with status 7 and says "SPNLAB-NOT-EVERYWHERE"
    And spnlab says "not asked: error [SPNFIX-UNREACHABLE]"
    And spnlab says "  ok: svc_web no longer holds HTTP/mem1.contoso.com"
    And nobody holds "HTTP/mem1.contoso.com"
    When spnlab runs "fix --option 1 --also-dc dc1=$LDAPS" against the DC by name
    Then spnlab ends with status 0 and says "Nothing to do."
    And spnlab says "  ok: the client asks for HTTP/mem1.contoso.com"

  Scenario: A wrong password is reported as such
    When spnlab runs "diagnose mem1.contoso.com" against the DC by name with a wrong password
    Then spnlab ends with status 7 and says "SPNFIX-LDAP-49"
