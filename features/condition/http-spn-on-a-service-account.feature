@fault-misplaced
Feature: An HTTP SPN on a service account makes WinRM fail with 0x80090322
  The condition of KB 4549715. The KDC encrypts a ticket with the key of whichever account holds
  the requested SPN. WinRM decrypts with the key of the computer account. Once the SPN of the host
  is registered on the account of a web site, WinRM gets tickets that it cannot decrypt.

  Background:
    Given a healthy lab

  Rule: Without the registration, the alias of HOST answers for HTTP

    @smoke
    Scenario Outline: A healthy host is reached as <host>
      When the user connects to "<host>"
      Then the session runs on MEM1 as the user
      And the client asked for "HTTP/<host>"
      And nobody holds "HTTP/<host>"
      And the ticket was encrypted with the key of "MEM1$"
      And the Kerberos outcome matches the record

      Examples: both name forms
        | host             |
        | mem1.contoso.com |
        | mem1             |

    Scenario: The web site answers under its own name, and not yet under the host's
      Then the web site lets its user in under "www.contoso.com"
      And the web site refuses its user under "mem1.contoso.com"

  Rule: With the registration, WinRM cannot decrypt the ticket

    @smoke
    Scenario Outline: A host whose SPN was taken cannot be reached as <host>
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      When the user connects to "<host>"
      Then the client asked for "HTTP/<host>"
      And "HTTP/<host>" is held by "svc_web"
      And the ticket was encrypted with the key of "svc_web"
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"
      And the message says "The following error with errorcode 0x80090322 occurred while using Kerberos authentication: An unknown security error occurred."
      And the Kerberos outcome matches the record

      Examples: both name forms
        | host             |
        | mem1.contoso.com |
        | mem1             |

    Scenario: The other name form still works while only one is taken
      Given "HTTP/mem1.contoso.com" is registered on "svc_web"
      When the user connects to "mem1"
      Then "HTTP/mem1.contoso.com" is held by "svc_web"
      And the session runs on MEM1 as the user
      And the ticket was encrypted with the key of "MEM1$"
      And the Kerberos outcome matches the record

    Scenario: The web site works under the host's name: the reason why somebody registered it
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      Then the web site lets its user in under "mem1.contoso.com"
      And the web site lets its user in under "mem1"

  Rule: The cause is found as the article says

    Scenario: The query for the SPN names the service account
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      When the engineer queries the directory for "http/mem1.contoso.com"
      Then the query finds "CN=svc_web,CN=Users,DC=contoso,DC=com"

    Scenario: The query for the SPN of a healthy host finds nothing
      When the engineer queries the directory for "http/mem1.contoso.com"
      Then the query finds nothing

    Scenario: The diagnosis names the account that shadows the computer
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      When the engineer diagnoses "mem1.contoso.com"
      Then the verdict is "shadowed" by "svc_web"

    Scenario: The diagnosis of a healthy host finds nothing wrong
      When the engineer diagnoses "mem1.contoso.com"
      Then the verdict is "healthy"
