@events
Feature: Each connection shows the events that Windows would log
  An administrator looks into the event logs first. The texts are Windows' own, and the lab observed what they
  name. An event whose facts were not observed is left out. Event 3 needs Kerberos logging on the client. Event
  4769 of a failure needs auditing on the KDC.

  Background:
    Given a healthy lab

  Scenario: A ticket that works
    When the user connects to "mem1.contoso.com"
    Then Windows would log the events "4769"
    And event 4769 would say "ServiceName: MEM1$"

  @known-difference
  Scenario: The article: 4769 names the service account, event 4 the computer account
    Given the HTTP SPNs of MEM1 are registered on the web site's service account
    When the user connects to "mem1.contoso.com"
    Then Windows would log the events "4769, 3, 4"
    And event 4769 would say "ServiceName: svc_web"
    And event 3 would say "Error Code: 0x29 KRB_AP_ERR_MODIFIED"
    And event 3 would say "Server Name: HTTP/mem1.contoso.com"
    And event 4 would say "error from the server mem1$. The target name used was HTTP/mem1.contoso.com."

  @known-difference
  Scenario: A name on two accounts
    Given "HTTP/mem1.contoso.com" is on both "svc_web" and "svc_app"
    When the user connects to "mem1.contoso.com"
    Then Windows would log the events "11, 4769, 3"
    And event 11 would say "The duplicate name is HTTP/mem1.contoso.com (of type DS_SERVICE_PRINCIPAL_NAME)."
    And event 3 would say "Error Code: 0x7 KDC_ERR_S_PRINCIPAL_UNKNOWN"

  @known-difference @samba-4.22
  Scenario: Samba's own audit record of a name on two accounts is that of an unknown name
    Given "HTTP/mem1.contoso.com" is on both "svc_web" and "svc_app"
    When the user connects to "mem1.contoso.com"
    Then the KDC's audit record of "HTTP/mem1.contoso.com" says "NT_STATUS_NO_SUCH_USER" and names "nobody"

  @samba-4.22
  Scenario: Samba's own audit record of a ticket names who asked, and not whose key it has
    Given the HTTP SPNs of MEM1 are registered on the web site's service account
    When the user connects to "mem1.contoso.com"
    Then the KDC's audit record of "HTTP/mem1.contoso.com" says "NT_STATUS_OK" and names "trainer"

  @known-difference @samba-4.17
  Scenario: Samba 4.17 writes no audit record of tickets
    When the user connects to "mem1.contoso.com"
    Then the KDC writes no audit record of "HTTP/mem1.contoso.com"

  Scenario: A wrong password is no event 4
    When the user connects to "mem1.contoso.com" with a wrong password
    Then Windows would log the events "3"
    And event 3 would say "Error Code: 0x18 KDC_ERR_PREAUTH_FAILED"
