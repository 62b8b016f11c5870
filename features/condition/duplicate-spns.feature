@fault-duplicate
Feature: An SPN on two accounts gets no ticket
  A domain controller takes no SPN that another account holds. But it checks its own copy of the directory only,
  and not what replication brings. Two administrators at two domain controllers can make a true duplicate, and
  neither learns of it. From then on nobody gets a ticket. The error is not 0x80090322, but the question behind
  it is the same: who holds the SPN?

  Rule: One domain controller takes no second holder, whoever asks

    Background:
      Given a healthy lab
      And "HTTP/mem1.contoso.com" is registered on "svc_web"

    Scenario Outline: Samba refuses the SPN on <account>, even in its own database with the rules relaxed
      When "HTTP/mem1.contoso.com" is added to "<account>" in the database, with the rules relaxed
      Then Samba refuses: "samldb: spn[HTTP/mem1.contoso.com] would cause a conflict"
      And "HTTP/mem1.contoso.com" is held by "svc_web"

      Examples: another service account, the computer itself
        | account |
        | svc_app |
        | MEM1$   |

    @known-difference
    Scenario: Where Windows would no longer check, Samba does
      When "HTTP/mem1.contoso.com" is added to "svc_app" while dSHeuristics says that SPNs need not be unique
      Then Samba refuses: "samldb: spn[HTTP/mem1.contoso.com] would cause a conflict"
      And "HTTP/mem1.contoso.com" is held by "svc_web"

    Scenario: setspn is refused, too, when Administrator runs it
      When "Administrator" runs setspn "-A HTTP/mem1.contoso.com svc_app"
      Then setspn ends with status 4 and says "would cause a conflict"
      And "HTTP/mem1.contoso.com" is held by "svc_web"

  Rule: Before replication, each domain controller decides by its own copy

    Background:
      Given a healthy lab with two domain controllers
      And replication between them is held up

    @two-dcs
    Scenario: Each domain controller issues tickets by its own copy of the directory
      Given "HTTP/mem1.contoso.com" is registered on "svc_web" at "dc1"
      And "HTTP/mem1.contoso.com" is registered on "svc_app" at "dc2"
      When the user connects to "mem1.contoso.com" with a ticket from "dc1"
      Then the ticket was encrypted with the key of "svc_web"
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      When the user connects to "mem1.contoso.com" with a ticket from "dc2"
      Then the ticket was encrypted with the key of "svc_app"
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"

    @two-dcs
    Scenario: The host works or fails by the domain controller that the client happens to ask
      Given "HTTP/mem1.contoso.com" is registered on "svc_web" at "dc1"
      And "HTTP/mem1.contoso.com" is registered on "MEM1$" at "dc2"
      When the user connects to "mem1.contoso.com" with a ticket from "dc1"
      Then the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      When the user connects to "mem1.contoso.com" with a ticket from "dc2"
      Then the session runs on MEM1 as the user

    @two-dcs
    Scenario: A fix works where it has replicated
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      And the domain controllers have replicated
      And replication between them is held up
      And option 1 has been applied for "mem1.contoso.com"
      When the fix is read back at "dc2"
      Then the fix has not replicated yet
      When the user connects to "mem1.contoso.com" with a ticket from "dc1"
      Then the session runs on MEM1 as the user
      When the user connects to "mem1.contoso.com" with a ticket from "dc2"
      Then the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      When the domain controllers replicate
      And the fix is read back at "dc2"
      Then the fix has replicated
      When the user connects to "mem1.contoso.com" with a ticket from "dc2"
      Then the session runs on MEM1 as the user

  Rule: After replication, both domain controllers have the duplicate

    Background:
      Given a healthy lab with two domain controllers

    @two-dcs
    Scenario Outline: <one> and <other> have the name: <dc> issues no ticket
      Given "HTTP/mem1.contoso.com" went to "<one>" at dc1 and to "<other>" at dc2 at the same time
      When the user connects to "mem1.contoso.com" with a ticket from "<dc>"
      And the engineer diagnoses "mem1.contoso.com" at "<dc>"
      Then both domain controllers say that "HTTP/mem1.contoso.com" is held by "<one>" and "<other>"
      And the KDC issues no ticket: "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"
      And a Windows client would report "SEC_E_TARGET_UNKNOWN (0x80090303)"
      And the message says "The computer mem1.contoso.com is unknown to Kerberos."
      And Windows would log event 11 on "<dc>.contoso.com"
      And the verdict is that "<one>" and "<other>" have the name
      And the Kerberos outcome matches the record

      Examples: two service accounts; a service account and the computer itself
        | one     | other   | dc  |
        | svc_web | svc_app | dc1 |
        | svc_web | MEM1$   | dc2 |

    @two-dcs
    Scenario: setspn -X finds the duplicate
      Given "HTTP/mem1.contoso.com" went to "svc_web" at dc1 and to "MEM1$" at dc2 at the same time
      When "spn_operator" runs setspn "-X"
      Then setspn ends with status 3 and says "HTTP/mem1.contoso.com is registered on these accounts:"
      And setspn ends with status 3 and says "CN=svc_web,CN=Users,DC=contoso,DC=com"
      And setspn ends with status 3 and says "CN=LAB-SRV-01,CN=Computers,DC=contoso,DC=com"

    @two-dcs
    Scenario: Taking the name from one account at one domain controller is enough, once it has replicated
      Given "HTTP/mem1.contoso.com" went to "svc_web" at dc1 and to "MEM1$" at dc2 at the same time
      When samba-tool takes "HTTP/mem1.contoso.com" from "svc_web" at "dc1"
      And the domain controllers replicate
      And the user connects to "mem1.contoso.com" with a ticket from "dc2"
      Then the ticket was encrypted with the key of "MEM1$"
      And the session runs on MEM1 as the user
      When the user connects to "mem1.contoso.com" with a ticket from "dc1"
      Then the ticket was encrypted with the key of "MEM1$"
      And the session runs on MEM1 as the user

    @two-dcs
    Scenario: Option 2 goes round a duplicate, at the other domain controller, too
      Given "HTTP/mem1.contoso.com" went to "svc_web" at dc1 and to "svc_app" at dc2 at the same time
      And option 2 has been applied for "mem1.contoso.com"
      When the domain controllers replicate
      And the user connects to "mem1.contoso.com" with the port in the SPN and a ticket from "dc2"
      Then both domain controllers say that "HTTP/mem1.contoso.com" is held by "svc_web" and "svc_app"
      And the ticket was encrypted with the key of "MEM1$"
      And the session runs on MEM1 as the user
