@holders
Feature: An additional name of a computer is a name of its own
  netdom computername /add gives a computer more names: msDS-AdditionalDnsHostName and
  msDS-AdditionalSamAccountName. The machine registers HOST for them. From then on the SPNs of such a name belong
  to the computer account, as those of its first name do.

  Background:
    Given a lab in whose DNS "files.contoso.com" is a CNAME record for MEM1
    And "files.contoso.com" is an additional name of MEM1

  Scenario: An additional name that holds HOST leads to the computer
    Given "HOST/files.contoso.com" is registered on "MEM1$"
    When the user connects to "files.contoso.com"
    And the engineer diagnoses "files.contoso.com"
    Then the client asked for "HTTP/files.contoso.com"
    And the ticket was encrypted with the key of "MEM1$"
    And the session runs on MEM1 as the user
    And the verdict is "healthy"
    And the engineer's diagnosis predicts it
    And the Kerberos outcome matches the record

  @fault-missing
  Scenario: An additional name without HOST is missing, and host-back registers it
    When the user connects to "files.contoso.com"
    And the engineer diagnoses "files.contoso.com"
    And the engineer weighs the ways out for "files.contoso.com"
    Then the KDC issues no ticket: "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"
    And the verdict is "missing"
    And the engineer's diagnosis predicts it
    And the Kerberos outcome matches the record
    When option host-back is applied for "files.contoso.com"
    And the user connects to "files.contoso.com"
    Then "HOST/files.contoso.com" is held by "MEM1$"
    And the session runs on MEM1 as the user
    When the last option is rolled back
    And the user connects to "files.contoso.com"
    Then the KDC issues no ticket: "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"

  @fault-misplaced
  Scenario: Option 1 gives an additional name back to the computer
    Given "HOST/files.contoso.com" is registered on "MEM1$"
    And "HTTP/files.contoso.com" is registered on "svc_app"
    When the user connects to "files.contoso.com"
    And the engineer diagnoses "files.contoso.com"
    Then the ticket was encrypted with the key of "svc_app"
    And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
    And the verdict is "shadowed" by "svc_app"
    When option 1 is applied for "files.contoso.com"
    And the user connects to "files.contoso.com"
    Then nobody holds "HTTP/files.contoso.com"
    And the ticket was encrypted with the key of "MEM1$"
    And the session runs on MEM1 as the user
    When the last option is rolled back
    And the user connects to "files.contoso.com"
    Then "HTTP/files.contoso.com" is held by "svc_app"
    And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"

  @fault-misplaced
  Scenario: Option 2 at the first name covers an additional name, too
    Given "HOST/files.contoso.com" is registered on "MEM1$"
    And "HTTP/files.contoso.com" is registered on "svc_app"
    When option 2 is applied for "mem1.contoso.com"
    And the user connects to "files.contoso.com" with the port in the SPN
    Then "HTTP/files.contoso.com:5985" is held by "MEM1$"
    And the ticket was encrypted with the key of "MEM1$"
    And the session runs on MEM1 as the user
