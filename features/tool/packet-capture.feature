@evidence
Feature: Each connection has a packet capture of its own, which Wireshark can read
  Every connection and every visit leaves a packet capture. What spnlab makes of it is what Wireshark
  shows to anyone who opens it.

  Background:
    Given a healthy lab

  Rule: An attempt has the packets of its own sockets

    Scenario: Another program on CLIENT logs on and connects all the time
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      And another program on CLIENT logs on, asks for the same ticket and visits MEM1 all the time
      When the user connects to "mem1.contoso.com" many times
      Then every attempt has its own messages and no others

    Scenario: Another program visits the web site, too
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      And another program on CLIENT logs on, asks for the same ticket and visits MEM1 all the time
      Then the web site lets its user in under "mem1.contoso.com"
      And the visit has its own messages and no others

  @tshark
  Rule: A broken capture begins anew

    Scenario Outline: The capture's file: <what>
      Given the packet capture was broken: <what>
      When the user connects to "mem1.contoso.com"
      Then the session runs on MEM1 as the user
      And Wireshark reads the same Kerberos messages in the capture of the connection

      Examples: what somebody can do to it
        | what                                |
        | it is emptied                       |
        | it is deleted                       |
        | another file takes its room         |
        | the program that captures is killed |

  @tshark
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
