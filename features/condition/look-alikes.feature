@look-alikes
Feature: The engineer recognises failures that no SPN causes
  WinRM fails for many reasons, and its text for error 0x80090322 names five that are not the cause. In the
  failures below the SPNs are right, and whoever moves one makes things worse. Each has its own trace in
  Kerberos, its own words on a Windows client, and its own place to look.

  Rule: The user gets no ticket

    Scenario: A wrong password
      Given a healthy lab
      When the user connects to "mem1.contoso.com" with a wrong password
      And the engineer asks why
      Then the logon is refused: "KDC_ERR_PREAUTH_FAILED (24)"
      And a Windows client would report "SEC_E_LOGON_DENIED (0x8009030C)"
      And it is not a problem of SPNs: first look at "wrong-password", then at "clock-skew"
      And the Kerberos outcome matches the record

    Scenario: A user whom the domain does not know
      Given a healthy lab
      When a user whom the domain does not know connects to "mem1.contoso.com"
      And the engineer asks why
      Then the logon is refused: "KDC_ERR_C_PRINCIPAL_UNKNOWN (6)"
      And a Windows client would report "SEC_E_LOGON_DENIED (0x8009030C)"
      And it is not a problem of SPNs: look at "user-unknown"
      And the Kerberos outcome matches the record

    Scenario: A user whose account is disabled
      Given a healthy lab
      And the account "trainer" is disabled
      When "trainer" connects to "mem1.contoso.com"
      And the engineer asks why
      Then the logon is refused: "KDC_ERR_CLIENT_REVOKED (18)"
      And a Windows client would report "SEC_E_LOGON_DENIED (0x8009030C)"
      And it is not a problem of SPNs: look at "user-revoked"
      And the Kerberos outcome matches the record

    Scenario: A user whose account has expired
      Given a healthy lab
      And the account "trainer" has expired
      When "trainer" connects to "mem1.contoso.com"
      And the engineer asks why
      Then the logon is refused: "KDC_ERR_CLIENT_REVOKED (18)"
      And a Windows client would report "SEC_E_LOGON_DENIED (0x8009030C)"
      And it is not a problem of SPNs: look at "user-revoked"
      And the Kerberos outcome matches the record

    Scenario: A user whose password has expired
      Given a healthy lab
      And the password of "trainer" has expired
      When "trainer" connects to "mem1.contoso.com"
      And the engineer asks why
      Then the logon is refused: "KDC_ERR_KEY_EXPIRED (23)"
      And a Windows client would report "SEC_E_LOGON_DENIED (0x8009030C)"
      And it is not a problem of SPNs: look at "password-expired"
      And the Kerberos outcome matches the record

    Scenario: No domain controller
      Given a healthy lab
      And no domain controller answers
      When the user connects to "mem1.contoso.com"
      And the domain controller is back
      And the engineer asks why
      Then no domain controller was reached
      And a Windows client would report "SEC_E_NO_AUTHENTICATING_AUTHORITY (0x80090311)"
      And it is not a problem of SPNs: look at "no-domain-controller"
      And the Kerberos outcome matches the record

    @known-difference
    Scenario: The client's clock is ten minutes behind
      Given a healthy lab
      When the user, whose clock is off by -600 seconds, connects to "mem1.contoso.com"
      And the engineer asks why
      Then the KDC issues no ticket: "KRB_AP_ERR_SKEW (37)"
      And a Windows client would report "SEC_E_TIME_SKEW (0x80090324)"
      And it is not a problem of SPNs: look at "clock-skew"
      And the Kerberos outcome matches the record

    Scenario: The client's clock is ten minutes ahead
      Given a healthy lab
      When the user, whose clock is off by 600 seconds, connects to "mem1.contoso.com"
      And the engineer asks why
      Then the KDC issues no ticket: "KRB_AP_ERR_SKEW (37)"
      And a Windows client would report "SEC_E_TIME_SKEW (0x80090324)"
      And it is not a problem of SPNs: look at "clock-skew"
      And the Kerberos outcome matches the record

  Rule: The ticket is right, and something behind it is not

    Scenario: WinRM is not running
      Given a healthy lab
      And the WinRM service of MEM1 has ended
      When the user connects to "mem1.contoso.com"
      And the engineer asks why
      Then there is a ticket, and nobody who takes it
      And a Windows client would report "ERROR_WSMAN_DESTINATION_UNREACHABLE (0x80338012)"
      And it is not a problem of SPNs: look at "endpoint"
      And the Kerberos outcome matches the record

    Scenario Outline: MEM1 does not answer: <why>
      Given a healthy lab
      When the command line connects to "mem1.contoso.com" while <why>
      Then spnlab ends with status 10 and says "the endpoint did not answer: mem1.contoso.com port 5985"
      And spnlab says "waiting for Mem1.contoso.com port 5985"
      And its evidence has the ticket that was presented, and no answer

      Examples: a connection, and silence
        | why                                        |
        | every process of MEM1 is stopped           |
        | a program listens there and says nothing   |

    Scenario: A user who may not use WinRM
      Given a healthy lab
      When "visitor" connects to "mem1.contoso.com"
      And the engineer asks why
      Then MEM1 knows the user, and WinRM denies access
      And a Windows client would report "ERROR_ACCESS_DENIED (0x00000005)"
      And it is not a problem of SPNs: look at "authorisation"
      And the Kerberos outcome matches the record

    Scenario Outline: MEM1's clock is <off>
      Given a healthy lab in which the clock of MEM1 is off by <seconds> seconds
      When the user connects to "mem1.contoso.com"
      And the engineer asks why
      Then the endpoint answers "<code>"
      And a Windows client would report "SEC_E_TIME_SKEW (0x80090324)"
      And it is not a problem of SPNs: look at "clock-skew"
      And the Kerberos outcome matches the record

      Examples: both ways, further than Kerberos allows
        | off                | seconds | code                    |
        | ten minutes ahead  | 600     | KRB_AP_ERR_SKEW (37)    |
        | ten minutes behind | -600    | KRB_AP_ERR_TKT_NYV (33) |

    Scenario: MEM1's clock is off by less than five minutes
      Given a healthy lab in which the clock of MEM1 is off by 240 seconds
      When the user connects to "mem1.contoso.com"
      Then the session runs on MEM1 as the user

  Rule: The same error, and another cause: 0x80090322 with the SPNs in order

    Scenario: The machine's password in the directory is not the machine's
      Given a healthy lab
      And the password of MEM1 was changed in the directory and not on MEM1
      When the user connects to "mem1.contoso.com"
      And the engineer asks why
      Then the ticket was encrypted with the key of "MEM1$"
      And the ticket has key version 3
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"
      And it is not a problem of SPNs: first look at "cached-ticket", then at "machine-password"
      And the Kerberos outcome matches the record

  Rule: A reset undoes what was done to an account

    Scenario Outline: The lab is reset after this: <what>
      Given a healthy lab
      And <what>
      When the lab is reset
      And "trainer" connects to "mem1.contoso.com"
      Then the session runs on MEM1 as the user

      Examples: everything that can be undone
        | what                                                              |
        | the account "trainer" is disabled                                 |
        | the account "trainer" has expired                                 |
        | the password of "trainer" has expired                             |
        | the password of "trainer" has been changed                        |
        | the password of MEM1 was changed in the directory and not on MEM1 |

  Rule: A reset names every out-of-band change

    Scenario: The clock of MEM1 was changed out of band
      Given a healthy lab
      And the clock of MEM1 was changed out of band by 600 seconds
      Then the reset says that the clock of "MEM1" is not as it was

    Scenario Outline: Out of band, <what>
      Given a healthy lab
      And the directory was changed out of band: <what>
      Then the reset says that <attribute> of "<object>" is not as it was
      When the out-of-band change is undone
      And the lab is reset

      Examples: what no reset takes back
        | what                                | object                  | attribute   |
        | svc_web has a description           | CN=svc_web,CN=Users     | description |
        | visitor is a member of winrm_users  | CN=winrm_users,CN=Users | member      |
        | there is one more account           | CN=newcomer,CN=Users    | objectGUID  |
        | trainer is no member of winrm_users | CN=winrm_users,CN=Users | member      |

    Scenario: ACEs and owners were changed out of band
      Given a healthy lab
      And these objects were changed out of band at "dc1":
        | object                     | attribute            | becomes       | written    |
        | CN=svc_web,CN=Users        | nTSecurityDescriptor | one ACE more  | over LDAP  |
        | CN=svc_app,CN=Users        | nTSecurityDescriptor | one ACE less  | over LDAP  |
        | CN=visitor,CN=Users        | nTSecurityDescriptor | another owner | over LDAP  |
        | CN=LAB-SRV-01,CN=Computers | nTSecurityDescriptor | one ACE more  | raw        |
        | CN=winrm_users,CN=Users    | nTSecurityDescriptor | one ACE less  | raw        |
        | CN=spn_operator,CN=Users   | nTSecurityDescriptor | another owner | raw        |
      Then the reset says that each of these attributes is not as it was
      And the next reset says the same
      When these objects are put back
      And the lab is reset

    Scenario: Every partition was changed out of band
      Given a healthy lab
      And these objects were changed out of band at "dc1":
        | object                                                       | attribute         | becomes                     | written    |
        | CN=trainer,CN=Users                                          | title             | Dr.                         | raw        |
        | CN=svc_app,CN=Users                                          | unicodePwd        | svc_web's                   | raw        |
        | CN=krbtgt,CN=Users                                           | pwdLastSet        | 0                           | raw        |
        | CN=DnsUpdateProxy,CN=Users                                   | isDeleted         | deleted                     | by Samba   |
        | CN=Meetings,CN=System                                        | objectGUID        | deleted                     | raw        |
        | CN=winrm_users,CN=Users                                      | distinguishedName | CN=winrm_users,CN=Computers | raw        |
        | CN=Default-First-Site-Name,CN=Sites,CN=Configuration         | description       | a site                      | by Samba   |
        | CN=User,CN=Schema,CN=Configuration                           | adminDescription  | a user                      | raw        |
        | DC=@,DC=contoso.com,CN=MicrosoftDNS,DC=DomainDnsZones        | dnsRecord         | nothing                     | raw        |
        | DC=@,DC=_msdcs.contoso.com,CN=MicrosoftDNS,DC=ForestDnsZones | dnsRecord         | nothing                     | raw        |
      Then the reset says that each of these attributes is not as it was
      When these objects are put back
      And the lab is reset

    @two-dcs
    Scenario: A new password is taken back at both domain controllers
      Given a healthy lab with two domain controllers
      And the password of MEM1 was changed in the directory and not on MEM1
      And the domain controllers have replicated
      When the user connects to "mem1.contoso.com" with a ticket from "dc2"
      Then the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      When the lab is reset
      And the user connects to "mem1.contoso.com" with a ticket from "dc2"
      Then the session runs on MEM1 as the user
      When the domain controllers replicate
      And the user connects to "mem1.contoso.com" with a ticket from "dc1"
      Then the session runs on MEM1 as the user

    @two-dcs
    Scenario: Only the second domain controller was changed out of band
      Given a healthy lab with two domain controllers
      And these objects were changed out of band at "dc2":
        | object              | attribute            | becomes       | written    |
        | CN=svc_web,CN=Users | nTSecurityDescriptor | another owner | raw        |
        | CN=trainer,CN=Users | title                | Dr.           | raw        |
      Then the reset says that each of these attributes is not as it was
      When these objects are put back
      And the lab is reset
