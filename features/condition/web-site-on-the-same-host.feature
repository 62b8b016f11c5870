@fault-misplaced @website
Feature: A web site and WinRM on one host need SPNs of their own
  The web site runs as svc_web, WinRM as the computer account, and clients ask for both under the name of the
  host. One name has one key. Without a port in it, only one of the two can have the name.
  The features in remedy show what each option means for the site under the host's full name.

  Background:
    Given a healthy lab

  Rule: The site's own name takes nothing from WinRM, and is not WinRM's

    Scenario: Under two names both work at the same time
      When the user connects to "mem1.contoso.com"
      Then the session runs on MEM1 as the user
      And the web site lets its user in under "www.contoso.com"

    Scenario: WinRM cannot be reached under the web site's name
      When the user connects to "www.contoso.com"
      Then the client asked for "HTTP/www.contoso.com"
      And "HTTP/www.contoso.com" is held by "svc_web"
      And the ticket was encrypted with the key of "svc_web"
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"
      And the Kerberos outcome matches the record

  Rule: The registration decides which of the two works under the host's name

    Scenario: Without it WinRM works and the site does not
      When the user connects to "mem1"
      Then the session runs on MEM1 as the user
      And the web site refuses its user under "mem1"

    Scenario: With it the site works and WinRM does not
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      When the user connects to "mem1"
      Then the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And the web site lets its user in under "mem1"

    Scenario: With the short name on the service account the site works under that one, and WinRM under the full name
      Given "HTTP/mem1" is registered on "svc_web"
      When the user connects to "mem1.contoso.com"
      Then the session runs on MEM1 as the user
      And the web site lets its user in under "mem1"
      And the web site refuses its user under "mem1.contoso.com"

    Scenario: A registration with the port of the site is no help: its user asks without the port
      Given "HTTP/mem1.contoso.com:80" is registered on "svc_web"
      When the user connects to "mem1.contoso.com"
      Then the session runs on MEM1 as the user
      And the web site refuses its user under "mem1.contoso.com"

  Rule: Option 1 takes Kerberos from the site, under the short name too

    Scenario: After option 1 the site is left with its own name
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      When option 1 is applied for "mem1.contoso.com"
      Then the web site refuses its user under "mem1"
      And the web site lets its user in under "www.contoso.com"

  Rule: Options 2 and 3 let both work under the host's name

    Scenario Outline: After option <option> both work under <host>
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      And option <option> has been applied for "mem1.contoso.com"
      When a client that asks for "<profile>" connects to "<host>"
      Then the session runs on MEM1 as the user
      And the web site lets its user in under "<host>"

      Examples: every option that keeps the registration, both name forms
        | option | profile   | host             |
        | 2      | HTTP:5985 | mem1.contoso.com |
        | 2      | HTTP:5985 | mem1             |
        | 3      | WSMAN     | mem1.contoso.com |
        | 3      | WSMAN     | mem1             |
        | 3-host | HOST      | mem1.contoso.com |
        | 3-host | HOST      | mem1             |
