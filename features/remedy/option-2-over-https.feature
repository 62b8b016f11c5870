@fault-misplaced @remedy-port-spns
Feature: Option 2 over HTTPS needs names with the port 5986
  WinRM listens on 5986 for HTTPS. A client that includes the port asks for HTTP/<name>:5986. The names with
  5985 do not stand for it, so option 2 is planned for the port that the clients use.

  Background:
    Given a healthy lab
    And the HTTP SPNs of MEM1 are registered on the web site's service account

  Scenario: Planning option 2 with the port of HTTPS changes nothing
    When option 2 with port 5986 is planned for "mem1.contoso.com"
    Then nothing has changed

  Scenario: Over HTTPS the names with the port of HTTP do not count
    Given option 2 has been applied for "mem1.contoso.com"
    When the user connects to "mem1.contoso.com" over HTTPS with the port in the SPN
    Then the client asked for "HTTP/mem1.contoso.com:5986"
    And the KDC issues no ticket: "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"
    And a Windows client would report "SEC_E_TARGET_UNKNOWN (0x80090303)"
    And the engineer's diagnosis predicts it
    And the Kerberos outcome matches the record

  Scenario Outline: After option 2 with the port of HTTPS the host is reached as <host>
    When option 2 with port 5986 is applied for "mem1.contoso.com"
    And the user connects to "<host>" over HTTPS with the port in the SPN
    Then the client asked for "HTTP/<host>:5986"
    And "HTTP/<host>:5986" is held by "MEM1$"
    And the ticket was encrypted with the key of "MEM1$"
    And the session runs on MEM1 as the user
    And the engineer's diagnosis predicts it
    And the Kerberos outcome matches the record

    Examples: both name forms of the certificate
      | host             |
      | mem1.contoso.com |
      | mem1             |

  Scenario: After option 2 with the port of HTTPS a client without the port still fails
    When option 2 with port 5986 is applied for "mem1.contoso.com"
    And the user connects to "mem1.contoso.com" over HTTPS
    Then the ticket was encrypted with the key of "svc_web"
    And inside TLS the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
    And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"
    And the web site lets its user in under "mem1.contoso.com"

  Scenario: Option 2 with the port of HTTPS has nothing to do a second time
    Given option 2 with port 5986 has been applied for "mem1.contoso.com"
    When option 2 with port 5986 is planned for "mem1.contoso.com"
    Then the plan has nothing to do

  Scenario: With the names in place, connecting over HTTPS with the port is the best way
    Given option 2 with port 5986 has been applied for "mem1.contoso.com"
    When the engineer weighs the ways out for "mem1.contoso.com"
    Then the best way is "in place: connect with -UseSSL -IncludePortInSPN (KB 4549715, option 2)"

  Scenario: Rolling back option 2 with the port of HTTPS makes the port SPN unknown again
    Given option 2 with port 5986 has been applied for "mem1.contoso.com"
    When the last option is rolled back
    And the user connects to "mem1.contoso.com" over HTTPS with the port in the SPN
    Then nobody holds "HTTP/mem1.contoso.com:5986"
    And the KDC issues no ticket: "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"

  @external
  Scenario: spnlab plans the port that is typed, says how to connect, and takes it back
    When spnlab runs "fix --option 2 --spn-port 5986 mem1.contoso.com --confirm contoso.com" against the DC by name
    Then spnlab ends with status 0 and says "-UseSSL"
    And "HTTP/mem1.contoso.com:5986" is held by "MEM1$"
    And nobody holds "HTTP/mem1.contoso.com:5985"
    When the user connects to "mem1.contoso.com" over HTTPS with the port in the SPN
    Then the session runs on MEM1 as the user
    When spnlab runs "rollback --confirm contoso.com" against the DC by name
    Then spnlab ends with status 0 and says "done: delete HTTP/mem1.contoso.com:5986 from MEM1$"
    And nobody holds "HTTP/mem1.contoso.com:5986"
