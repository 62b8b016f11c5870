@fault-misplaced @holders
Feature: A computer account that a farm shares is in use, although it is no machine
  The servers of a mail or web farm run their web services under one computer account, which has no host name
  and holds the names of the services. A machine's leftover looks alike. Its other web names tell: the advice
  leaves its names where they are.

  Background:
    Given a healthy lab
    And the servers of a farm share the computer account "MAILASA$", which has no host name
    And "http/mem1.contoso.com" is registered on "MAILASA$"
    And "http/autodiscover.contoso.com" is registered on "MAILASA$"

  Scenario: The ticket has the key of the shared account
    When the user connects to "mem1.contoso.com"
    And the engineer diagnoses "mem1.contoso.com"
    Then the ticket was encrypted with the key of "MAILASA$"
    And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
    And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"
    And the verdict is "shadowed" by "MAILASA$"
    And the engineer's diagnosis predicts it
    And the Kerberos outcome matches the record

  Scenario: Option 1 is not the best way, because the farm uses the name
    When the engineer weighs the ways out for "mem1.contoso.com"
    Then the ways weigh "MAILASA$ also holds http/autodiscover.contoso.com"
    And option 1 is not the best way, as "takes Kerberos away from a service that seems to use the name"

  Scenario: Option 1 says what the farm loses
    When option 1 is planned for "mem1.contoso.com"
    Then nothing has changed
    And the plan warns that "MAILASA$" loses its tickets for "http/mem1.contoso.com"

  Scenario: The short name is not affected and is the best way
    When the engineer weighs the ways out for "mem1.contoso.com"
    Then the best way is "connect to mem1 instead"
    When the user connects to "mem1"
    Then the ticket was encrypted with the key of "MEM1$"
    And the session runs on MEM1 as the user

  Scenario: With both names on the shared account option 2 is the best way, and the farm keeps its names
    Given "http/mem1" is registered on "MAILASA$"
    When the engineer weighs the ways out for "mem1.contoso.com"
    Then the best way is option 2
    When option 2 is applied for "mem1.contoso.com"
    And the user connects to "mem1.contoso.com" with the port in the SPN
    Then the ticket was encrypted with the key of "MEM1$"
    And the session runs on MEM1 as the user
    And "http/mem1.contoso.com" is held by "MAILASA$"
    And "http/autodiscover.contoso.com" is held by "MAILASA$"
    When the engineer weighs the ways out for "mem1.contoso.com"
    Then the best way is "in place: connect with -IncludePortInSPN (KB 4549715, option 2)"
    When the last option is rolled back
    And the user connects to "mem1.contoso.com" with the port in the SPN
    Then the KDC issues no ticket: "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"
