@fault-misplaced @holders
Feature: The name of a web site or a farm does not lead to WinRM
  The ticket for such a name is locked with the key of the account under which the service runs. No WinRM has
  that key. No move of the SPN helps, and the service would lose it. The way out is the machine's own name.

  Rule: The name of the web site on the same host

    Background:
      Given a healthy lab

    Scenario: The directory explains the failure under the web site's name
      When the user connects to "www.contoso.com"
      And the engineer asks why
      Then the ticket was encrypted with the key of "svc_web"
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"
      And the directory explains it: "no WinRM has the key of such an account"

    Scenario: The advice leaves the web site's name where it is, and works
      When the engineer diagnoses "www.contoso.com"
      And the engineer weighs the ways out for "www.contoso.com"
      Then the verdict is "target-unknown"
      And the next steps say "leave HTTP/www.contoso.com where it is"
      And no next step says "setspn"
      And the best way is "connect to the machine's own name instead"
      When the user connects to "mem1.contoso.com"
      Then the session runs on MEM1 as the user
      And the web site lets its user in under "www.contoso.com"

    Scenario Outline: Option <option> has no plan for the web site's name
      When "spn_operator" tries to apply option <option> for "www.contoso.com"
      Then the fix is refused with "SPNFIX-UNKNOWN-TARGET" and the hint "give the computer's own name"
      And "HTTP/www.contoso.com" is held by "svc_web"
      And the web site lets its user in under "www.contoso.com"

      Examples: every option that writes to the directory
        | option    |
        | 1         |
        | 2         |
        | 3         |
        | host-back |

    @external
    Scenario Outline: spnlab says of <saw> under the web site's name: <words>
      When spnlab runs "diagnose www.contoso.com --saw <saw>" against the DC by name
      Then spnlab ends with status 0 and says "<words>"

      Examples: the failure, and what this ticket cannot bring about
        | saw           | words                                                 |
        | ap:41         | the directory explains the failure                    |
        | 0x80090322    | the directory explains the failure                    |
        | accepted      | what was seen and the directory contradict each other |
        | access-denied | what was seen and the directory contradict each other |

  Rule: The name of a farm or a load balancer, which DNS leads to a node

    Background:
      Given a lab in whose DNS "farm.contoso.com" is a CNAME record for MEM1

    Scenario Outline: With <spn> on the farm's account the node cannot decrypt the ticket
      Given "<spn>" is registered on "svc_app"
      When the user connects to "farm.contoso.com"
      And the engineer asks why
      And the engineer weighs the ways out for "farm.contoso.com"
      Then the client asked for "HTTP/farm.contoso.com"
      And the ticket was encrypted with the key of "svc_app"
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"
      And the directory explains it: "no WinRM has the key of such an account"
      And the best way is "connect to the machine's own name instead"
      And the Kerberos outcome matches the record

      Examples: the service class of web sites, and HOST, which stands for it
        | spn                   |
        | HTTP/farm.contoso.com |
        | HOST/farm.contoso.com |
