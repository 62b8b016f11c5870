@evidence
Feature: Everybody can read what was on the wire
  Every connection and every visit leaves a packet capture. What spnlab makes of it is what Wireshark
  shows to anyone who opens it.

  Background:
    Given a healthy lab

  Rule: Wireshark reads the same Kerberos messages

    Scenario Outline: In the capture of a connection: <what>
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<result>"
      And Wireshark reads the same Kerberos messages in the capture of the connection

      Examples: with and without a ticket, refused and accepted
        | what                            | profile   | result                          |
        | the error of the article        | HTTP      | KRB_AP_ERR_MODIFIED (41)        |
        | the KDC knows no such SPN       | HTTP:5985 | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | the endpoint accepts the ticket | HOST      | connected                       |

    Scenario: In the capture of a visit that the web site refuses
      Then the web site refuses its user under "mem1.contoso.com"
      And Wireshark reads the same Kerberos messages in the capture of the visit

    Scenario: In the capture of a visit that the web site lets in
      Then the web site lets its user in under "www.contoso.com"
      And Wireshark reads the same Kerberos messages in the capture of the visit
