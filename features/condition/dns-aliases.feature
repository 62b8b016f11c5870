@fault-missing
Feature: A CNAME record works once its name has an SPN
  A WinRM client makes the SPN of the name as typed. It does not replace it by the name that a CNAME record
  leads to. So DNS finds the host, and Kerberos does not know it. Whoever adds a name must add its SPN as well.

  Background:
    Given a lab in whose DNS "portal.contoso.com" is a CNAME record for MEM1

  Scenario: A CNAME record alone is unknown to Kerberos
    When the user connects to "portal.contoso.com"
    And the engineer diagnoses "portal.contoso.com"
    Then the client asked for "HTTP/portal.contoso.com"
    And nobody holds "HTTP/portal.contoso.com"
    And the KDC issues no ticket: "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"
    And a Windows client would report "SEC_E_TARGET_UNKNOWN (0x80090303)"
    And the message says "The computer portal.contoso.com is unknown to Kerberos."
    And the verdict is "target-unknown"
    And the Kerberos outcome matches the record

  Scenario: A CNAME record leads to MEM1 once the computer account holds its name
    Given "HTTP/portal.contoso.com" is registered on "MEM1$"
    When the user connects to "portal.contoso.com"
    Then the client asked for "HTTP/portal.contoso.com"
    And the ticket was encrypted with the key of "MEM1$"
    And the session runs on MEM1 as the user
    And the Kerberos outcome matches the record
