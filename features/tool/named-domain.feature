@external-safe
Feature: In a domain of your own, WinRM does what the directory predicts
  These scenarios need no lab: `spnlab test --target FILE` names a domain and a host. They break nothing. Without
  --may-write they only read. Each fix has a journal, and each is rolled back.

  Scenario: The connection ends as the directory predicts
    When the engineer diagnoses the named host
    And the user connects to the named host
    Then the connection ends as the diagnosis predicts

  Scenario: The short name is another SPN, and ends as the directory predicts
    When the engineer diagnoses the short name of the named host
    And the user connects to the short name of the named host
    Then the connection ends as the diagnosis predicts

  Scenario: Each option has a plan, and nothing is written
    When the engineer plans each option for the named host
    Then the engineer may not apply them
    And the directory of the named host is as it was

  @may-write
  Scenario Outline: Option <option> lets the user in, and its rollback takes that back
    Given the named host is in the article's situation
    When option <option> is applied to the named host
    And the user connects to the named host as option <option> asks
    Then the user is let in to the named host
    When the fix of the named host is rolled back
    And the user connects to the named host
    Then the connection ends as the diagnosis predicts
    And the directory of the named host is as it was

    Examples:
      | option |
      | 1      |
      | 2      |
      | 3      |
      | 3-host |
