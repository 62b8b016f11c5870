@fault-misplaced @rights
Feature: The right to write SPNs is enough, and needed
  Every remedy works for an operator to whom nothing but the writing of servicePrincipalName was
  delegated. (In all other features the engineer is that operator.) Whoever has no such right is told so,
  and nothing has changed.

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
