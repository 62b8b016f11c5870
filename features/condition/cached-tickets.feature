@fault-misplaced @cached
Feature: A cached ticket keeps failing, or working, until klist purge
  A client keeps a ticket for hours and does not ask the KDC again. The ticket still means what the directory
  said when it was issued. So it fails after the fix and works after the fault, until klist purge or a new
  logon. All other features connect with a fresh cache. The cache here is MIT Kerberos'. Whether Windows drops a
  ticket by itself once a server has refused it was not tried.

  Background:
    Given a healthy lab

  Rule: A fix does not mend a ticket

    Background:
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      And the user has connected to "mem1.contoso.com" and keeps the tickets
      And option 1 has been applied for "mem1.contoso.com"

    Scenario: After option 1 the old ticket still fails
      When the user connects to "mem1.contoso.com" with the tickets of the session
      And the engineer diagnoses "mem1.contoso.com"
      Then the ticket was in the cache already
      And nobody holds "HTTP/mem1.contoso.com"
      And the ticket was encrypted with the key of "svc_web"
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"
      And Windows would log the events "3, 4"
      And the verdict is "healthy"
      And the Kerberos outcome matches the record

    Scenario: After option 1 and a purge the host is reached
      When the tickets of the session are purged
      And the user connects to "mem1.contoso.com" with the tickets of the session
      Then the ticket was fetched from the KDC
      And Windows would log the events "4769"
      And the ticket was encrypted with the key of "MEM1$"
      And the session runs on MEM1 as the user
      And the Kerberos outcome matches the record

    Scenario: After option 1 a session without the old ticket connects
      When the user connects to "mem1.contoso.com"
      Then the ticket was fetched from the KDC
      And the ticket was encrypted with the key of "MEM1$"
      And the session runs on MEM1 as the user

    Scenario: The other form of the name needs another ticket
      When the user connects to "mem1" with the tickets of the session
      Then the ticket was fetched from the KDC
      And the session runs on MEM1 as the user

  Rule: A client that asks for another name has no old ticket for it

    Background:
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      And the user has connected to "mem1.contoso.com" and keeps the tickets

    Scenario: After option 2 a client that asks with the port does not use the old ticket
      Given option 2 has been applied for "mem1.contoso.com"
      When the user connects to "mem1.contoso.com" with the tickets of the session
      Then the ticket was in the cache already
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      When a client that asks for "HTTP:5985" connects to "mem1.contoso.com" with the tickets of the session
      Then the ticket was fetched from the KDC
      And the session runs on MEM1 as the user
      And the Kerberos outcome matches the record

    Scenario: After option 3 the client does not use the old ticket, and nothing needs to be purged
      Given option 3 has been applied for "mem1.contoso.com"
      When the user connects to "mem1.contoso.com" with the tickets of the session
      Then the client asked for "WSMAN/mem1.contoso.com"
      And the ticket was fetched from the KDC
      And the session runs on MEM1 as the user
      When a client that asks for "HTTP" connects to "mem1.contoso.com" with the tickets of the session
      Then the ticket was in the cache already
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"

  Rule: A ticket keeps the key that it was encrypted with

    Scenario: After the service account's password changed the old ticket has the old key version
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      And the user has connected to "mem1.contoso.com" and keeps the tickets
      And the password of "svc_web" has been changed
      When the user connects to "mem1.contoso.com" with the tickets of the session
      Then the ticket was in the cache already
      And the ticket was encrypted with the key of "svc_web"
      And the ticket has key version 2
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      When the tickets of the session are purged
      And the user connects to "mem1.contoso.com" with the tickets of the session
      Then the ticket was fetched from the KDC
      And the ticket was encrypted with the key of "svc_web"
      And the ticket has key version 3
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"

  Rule: A fault does not break a ticket

    Background:
      Given the user has connected to "mem1.contoso.com" and keeps the tickets
      And the HTTP SPNs of MEM1 are registered on the web site's service account

    Scenario: With the SPN taken away the old ticket still works
      When the user connects to "mem1.contoso.com" with the tickets of the session
      And the engineer diagnoses "mem1.contoso.com"
      Then the ticket was in the cache already
      And "HTTP/mem1.contoso.com" is held by "svc_web"
      And the ticket was encrypted with the key of "MEM1$"
      And the session runs on MEM1 as the user
      And Windows would log no event
      And the verdict is "shadowed" by "svc_web"
      And the Kerberos outcome matches the record

    Scenario: With the SPN taken away a purge brings 0x80090322
      When the tickets of the session are purged
      And the user connects to "mem1.contoso.com" with the tickets of the session
      Then the ticket was fetched from the KDC
      And the ticket was encrypted with the key of "svc_web"
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"
      And the Kerberos outcome matches the record

  Rule: A reset leaves no tickets

    Scenario: After a reset the KDC is asked again
      Given the user has connected to "mem1.contoso.com" and keeps the tickets
      When the lab is reset
      And the user connects to "mem1.contoso.com" with the tickets of the session
      Then the ticket was fetched from the KDC
