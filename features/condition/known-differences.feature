Feature: The lab's Samba differs from Windows in known cases
  docs/known-differences.md lists where Samba decides otherwise than a Windows domain controller. Each entry
  there has a scenario that shows it, here or elsewhere.

  Background:
    Given a healthy lab

  @known-difference
  Scenario: A computer object that is called like its host answers for a port that nobody registered
    Given the directory object of "MEM1$" is called "CN=MEM1"
    When a client that asks for "HTTP:5985" connects to "mem1.contoso.com"
    Then nobody holds "HTTP/mem1.contoso.com:5985"
    And the ticket was encrypted with the key of "MEM1$"
    And the session runs on MEM1 as the user

  @known-difference
  Scenario: A disabled account still has tickets issued for its names
    Given "HTTP/mem1.contoso.com" is registered on "svc_app"
    And the account "svc_app" is disabled
    When the user connects to "mem1.contoso.com"
    Then the ticket was encrypted with the key of "svc_app"
    And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"

  @known-difference
  Scenario: HOST is refused once another account has HTTP, also to the domain's administrator; HTTP is taken once another has HOST
    Given "HTTP/app.contoso.com" is registered on "svc_web"
    When "Administrator" runs setspn "-A HOST/app.contoso.com svc_app"
    Then setspn ends with status 4 and says "constraintViolation (19): error in module samldb"
    And nobody holds "HOST/app.contoso.com"
    When "Administrator" runs setspn "-A HTTP/mem1.contoso.com svc_web"
    Then setspn ends with status 0 and says "Updated object"
    And "HOST/mem1.contoso.com" is held by "MEM1$"
    And "HTTP/mem1.contoso.com" is held by "svc_web"

  @known-difference
  Scenario: A computer may not give itself a name with a port
    When "MEM1$" runs setspn "-A HTTP/mem1.contoso.com:5985 MEM1"
    Then setspn ends with status 4 and says "constraintViolation (19): acl: spn validation failed for spn[HTTP/mem1.contoso.com:5985]"
    And nobody holds "HTTP/mem1.contoso.com:5985"
    When "MEM1$" runs setspn "-A TERMSRV/mem1.contoso.com MEM1"
    Then "TERMSRV/mem1.contoso.com" is held by "MEM1$"

  @known-difference
  Scenario: A new name's spelling is written into the HOST name of another account
    When "Administrator" runs setspn "-A HTTP/MEM1.Contoso.COM svc_web"
    And "Administrator" runs setspn "-L MEM1"
    Then setspn ends with status 0 and says "host/MEM1.Contoso.COM"

  @known-difference
  Scenario: Of two spellings of a name a deletion takes the first, whichever was meant
    Given "HTTP/mem1.contoso.com" is registered on "svc_web"
    And "http/MEM1.Contoso.COM" is registered on "svc_web"
    When "http/MEM1.Contoso.COM" is deleted from "svc_web" in the database
    Then "svc_web" holds the spelling "http/MEM1.Contoso.COM" and not "HTTP/mem1.contoso.com"
