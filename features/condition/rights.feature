@fault-misplaced @rights
Feature: The delegated operator and the computer itself may write SPNs, and nobody else
  Besides the domain's administrators there are three kinds of accounts. Those to whom the writing of
  servicePrincipalName was delegated may write every SPN. A computer may write its own names. All others may
  write nothing. Samba refuses a computer its own name with a port, too. MS-ADTS (3.1.1.5.3.1.1.4, validated
  write) does not rule a port out. No Windows domain controller was asked, and it may answer otherwise.
  remedy/least-privilege shows what spnlab says to an ordinary user about each option.

  Background:
    Given a healthy lab
    And the HTTP SPNs of MEM1 are registered on the web site's service account

  Rule: The delegated operator may do what each option needs

    Scenario: The operator takes a name off the service account, as option 1 does
      When "spn_operator" runs setspn "-D HTTP/mem1 svc_web"
      Then setspn ends with status 0 and says "Updated object"
      And nobody holds "HTTP/mem1"
      And "HTTP/mem1.contoso.com" is held by "svc_web"

    Scenario Outline: The operator gives MEM1 the name <spn>
      When "spn_operator" runs setspn "-S <spn> MEM1"
      Then setspn ends with status 0 and says "Updated object"
      And "<spn>" is held by "MEM1$"
      And "HTTP/mem1.contoso.com" is held by "svc_web"

      Examples: a name of option 2 and one of option 3
        | spn                        |
        | HTTP/mem1.contoso.com:5985 |
        | WSMAN/mem1.contoso.com     |

    Scenario: The operator may write SPNs and nothing else
      When "spn_operator" writes the description of "svc_web" over LDAP
      Then Samba refuses: "Insufficient access (50)"

  Rule: The computer may register its own names, on Samba without a port

    Scenario: MEM1 registers its own WSMAN name
      When "MEM1$" runs setspn "-S WSMAN/mem1.contoso.com MEM1"
      Then setspn ends with status 0 and says "Updated object"
      And "WSMAN/mem1.contoso.com" is held by "MEM1$"

    Scenario Outline: MEM1 may not register <spn>
      When "MEM1$" runs setspn "-S <spn> MEM1"
      Then setspn ends with status 4 and says "A constraint violation occurred."
      And nobody holds "<spn>"

      Examples: its own names with a port, which Samba refuses; the name of another host
        | spn                        |
        | HTTP/mem1.contoso.com:5985 |
        | HTTP/mem1:5985             |
        | WSMAN/mem9.contoso.com     |

    Scenario: A client that asks for the name that MEM1 has registered reaches MEM1
      When "MEM1$" runs setspn "-S WSMAN/mem1.contoso.com MEM1"
      And a client that asks for "WSMAN" connects to "mem1.contoso.com"
      Then "WSMAN/mem1.contoso.com" is held by "MEM1$"
      And the ticket was encrypted with the key of "MEM1$"
      And the session runs on MEM1 as the user

    Scenario: The computer cannot apply option 1: the SPN is another account's
      When "MEM1$" tries to apply option 1 for "mem1.contoso.com"
      Then the fix is refused with "SPNFIX-LDAP-50" and the hint "may write servicePrincipalName"
      And nothing has changed

    Scenario: The computer cannot apply option 2: Samba lets it write no name with a port
      When "MEM1$" tries to apply option 2 for "mem1.contoso.com"
      Then the fix is refused with "SPNFIX-LDAP-19" and the hint "only SPNs of its own names and without a port"
      And nothing has changed

  Rule: No other account may, not even for itself

    Scenario Outline: <who> types "setspn <line>"
      When "<who>" runs setspn "<line>"
      Then setspn ends with status 4 and says "Insufficient access rights to perform the operation."
      And "HTTP/mem1.contoso.com" is held by "svc_web"
      And nobody holds "WSMAN/mem1.contoso.com"

      Examples: an ordinary user, the service account itself, another computer, MEM1 for svc_web
        | who     | line                             |
        | visitor | -D HTTP/mem1.contoso.com svc_web |
        | svc_web | -D HTTP/mem1.contoso.com svc_web |
        | svc_web | -S WSMAN/mem1.contoso.com MEM1   |
        | CLIENT$ | -S WSMAN/mem1.contoso.com MEM1   |
        | MEM1$   | -D HTTP/mem1.contoso.com svc_web |
