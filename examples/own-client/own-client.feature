Feature: A WinRM client asks for the host's name, and hands over the ticket that it gets

  Scenario: The host holds its names
    Given a healthy lab
    When the user connects to "mem1.contoso.com"
    Then the client asked for "HTTP/mem1.contoso.com"
    And the ticket was encrypted with the key of "MEM1$"

  Scenario: A service account holds the HTTP SPN
    Given a healthy lab
    And the HTTP SPNs of MEM1 are registered on the web site's service account
    When the user connects to "mem1.contoso.com"
    Then the ticket was encrypted with the key of "svc_web"
    And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"

  Scenario: Two accounts hold the HTTP SPN
    Given a healthy lab
    And "HTTP/mem1.contoso.com" is on both "svc_web" and "svc_app"
    When the user connects to "mem1.contoso.com"
    Then the KDC issues no ticket: "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"
