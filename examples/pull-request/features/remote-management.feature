Feature: The deployment of the web site leaves remote management alone
  The web site of this project runs on MEM1 as svc_web. Its deployment registers the site's SPN.
  Administrators of MEM1 use WinRM, and must still reach it.

  Background:
    Given a healthy lab
    # What the deployment of this pull request does.
    And "HTTP/mem1.contoso.com" is registered on "svc_web"

  Scenario: The administrators reach the server
    When the user connects to "mem1.contoso.com"
    Then the session runs on MEM1 as the user

  Scenario: Kerberos does what it did before
    When the user connects to "mem1.contoso.com"
    Then the Kerberos outcome matches the record

  Scenario: The short name still leads to the server
    When the user connects to "mem1"
    Then the session runs on MEM1 as the user
