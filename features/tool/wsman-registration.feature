@registration
Feature: WinRM registers its WSMAN SPNs when it starts
  On Windows WinRM registers WSMAN/<FQDN> and WSMAN/<name> on its computer account at each start. Labs begin
  without these, which is the article's starting point. spnlab up --register-spns starts a lab in which WinRM
  on MEM1 registers them.

  Rule: Without --register-spns nothing is registered

    @known-difference
    Scenario: A lab starts without WinRM's SPNs
      Given a healthy lab
      Then WinRM has registered nothing
      And nobody holds "WSMAN/mem1.contoso.com"
      And nobody holds "WSMAN/mem1"

  Rule: With --register-spns WinRM registers when it starts

    Scenario: With WinRM's own SPNs, the host still fails for clients that ask for HTTP
      Given a lab in which WinRM registers its own SPNs
      And the HTTP SPNs of MEM1 are registered on the web site's service account
      When the user connects to "mem1.contoso.com"
      Then WinRM says that it registered "WSMAN/mem1.contoso.com WSMAN/MEM1"
      And "WSMAN/mem1.contoso.com" is held by "MEM1$"
      And "WSMAN/mem1" is held by "MEM1$"
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"

    Scenario: With WinRM's own SPNs, option 3 needs nothing but the registry value
      Given a lab in which WinRM registers its own SPNs
      And the HTTP SPNs of MEM1 are registered on the web site's service account
      And the registry value "spn_prefix" of the client is "WSMAN"
      When the user connects to "mem1.contoso.com"
      Then the client asked for "WSMAN/mem1.contoso.com"
      And the session runs on MEM1 as the user
      When the user connects to "mem1"
      Then the client asked for "WSMAN/mem1"
      And the session runs on MEM1 as the user

    Scenario: A second start and a reset leave WinRM's own SPNs as they are
      Given a lab in which WinRM registers its own SPNs
      When WinRM starts again on MEM1
      Then WinRM says that it had nothing to register
      When "spn_operator" runs setspn "-D WSMAN/mem1 MEM1"
      Then nobody holds "WSMAN/mem1"
      When the lab is reset
      Then "WSMAN/mem1.contoso.com" is held by "MEM1$"
      And "WSMAN/mem1" is held by "MEM1$"

  Rule: If the account may not write, WinRM says so and goes on

    Scenario: Another account holds WinRM's SPN
      Given a lab in which WinRM registers its own SPNs
      And "WSMAN/mem1.contoso.com" is deleted from "MEM1$" in the database
      And "WSMAN/mem1.contoso.com" is registered on "svc_app"
      When WinRM starts again on MEM1
      Then Windows would log event 10154: "The WinRM service failed to create the following SPNs: WSMAN/mem1.contoso.com. Additional Data The error received was 8647: "
      And "WSMAN/mem1.contoso.com" is held by "svc_app"
      When the user connects to "mem1.contoso.com"
      Then the session runs on MEM1 as the user
