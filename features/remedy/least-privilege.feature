@fault-misplaced @rights
Feature: Every option needs the right to write SPNs, and no other right
  Every remedy works for an operator to whom only the writing of servicePrincipalName was delegated. (In all
  other features the engineer is that operator.) Without that right the fix is refused, and nothing changes.

  Background:
    Given a healthy lab
    And the HTTP SPNs of MEM1 are registered on the web site's service account

  Scenario Outline: An ordinary user cannot apply option <option>
    When "trainer" tries to apply option <option> for "mem1.contoso.com"
    Then the fix is refused with "SPNFIX-LDAP-50" and the hint "may write servicePrincipalName"
    And nothing has changed

    Examples:
      | option |
      | 1      |
      | 2      |
      | 3      |
