@channel-binding
Feature: Strict channel bindings refuse a ticket without one
  Over HTTPS a client may bind its ticket to the TLS connection, so that nobody can use it on another one.
  WinRM's CbtHardeningLevel says what clients must do. Windows' default is Relaxed.
  spnlab up --channel-binding starts a lab with another level.

  Scenario: Relaxed, as it is by default, takes a client without channel bindings
    Given a healthy lab
    Then a lab found again has WinRM's channel binding relaxed
    When a client without channel bindings connects to "mem1.contoso.com" over HTTPS
    Then the session runs on MEM1 as the user
    When the user connects to "mem1.contoso.com" over HTTPS
    Then the session runs on MEM1 as the user

  Scenario: Strict refuses a client without channel bindings, and it is not the article's error
    Given a lab in which WinRM's channel binding is strict
    Then a lab found again has WinRM's channel binding strict
    When a client without channel bindings connects to "mem1.contoso.com" over HTTPS
    Then the ticket was encrypted with the key of "MEM1$"
    And the endpoint refuses the ticket without a code: "the client sent no channel bindings, and the listener demands them"
    When the user connects to "mem1.contoso.com" over HTTPS
    Then the session runs on MEM1 as the user

  Scenario: Channel bindings say nothing about the SPN
    Given a lab in which WinRM's channel binding is strict
    And the HTTP SPNs of MEM1 are registered on the web site's service account
    When the user connects to "mem1.contoso.com" over HTTPS
    Then inside TLS the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
    And Windows would log the events "4769, 4"
    And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"
