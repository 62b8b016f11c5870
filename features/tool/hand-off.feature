@fault-misplaced @hand-off
Feature: A plan can be handed to the team that may write
  Those who diagnose may often not write. The same plan comes as setspn lines, PowerShell, LDIF or a .reg file,
  and so does its undo. LDIF and the setspn lines are carried out here. PowerShell and .reg would need Windows.

  Background:
    Given a healthy lab
    And the HTTP SPNs of MEM1 are registered on the web site's service account

  Scenario: Loading the LDIF of option 1 lets the user in, and loading its undo does not
    When the LDIF of option 1 for "mem1.contoso.com" is loaded by ldapmodify
    And the user connects to "mem1.contoso.com"
    Then the session runs on MEM1 as the user
    And nobody holds "HTTP/mem1"
    When the LDIF that undoes it is loaded by ldapmodify
    And the user connects to "mem1.contoso.com"
    Then a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"
    And "HTTP/mem1" is held by "svc_web"

  Scenario: Typing the setspn lines of option 2 registers the port SPNs
    When the setspn lines of option 2 for "mem1.contoso.com" are typed on CLIENT
    And the user connects to "mem1.contoso.com" with the port in the SPN
    Then the session runs on MEM1 as the user
    And "HTTP/mem1:5985" is held by "MEM1$"
