@look-alikes
Feature: Failures that look like the article's and are not about SPNs
  WinRM fails for many reasons, and its text for error 0x80090322 names five that are not the cause.
  These are the others: SPNs are right, and whoever moves one makes things worse. Each has its own trace
  in Kerberos, its own words on a Windows client, and its own place to look.

  Rule: The user does not get as far as a ticket

    Scenario: A wrong password
      Given a healthy lab
      When the administrator connects to "mem1.contoso.com" with a wrong password
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
      When the administrator connects to "mem1.contoso.com"
      And the domain controller is back
      And the engineer asks why
      Then no domain controller was reached
      And a Windows client would report "SEC_E_NO_AUTHENTICATING_AUTHORITY (0x80090311)"
      And it is not a problem of SPNs: look at "no-domain-controller"
      And the Kerberos outcome matches the record

    @known-difference
    Scenario: The client's clock is ten minutes behind
      Given a healthy lab
      When the administrator, whose clock is off by -600 seconds, connects to "mem1.contoso.com"
      And the engineer asks why
      Then the KDC issues no ticket: "KRB_AP_ERR_SKEW (37)"
      And a Windows client would report "SEC_E_TIME_SKEW (0x80090324)"
      And it is not a problem of SPNs: look at "clock-skew"
      And the Kerberos outcome matches the record

    Scenario: The client's clock is ten minutes ahead
      Given a healthy lab
      When the administrator, whose clock is off by 600 seconds, connects to "mem1.contoso.com"
      And the engineer asks why
      Then the KDC issues no ticket: "KRB_AP_ERR_SKEW (37)"
      And a Windows client would report "SEC_E_TIME_SKEW (0x80090324)"
      And it is not a problem of SPNs: look at "clock-skew"
      And the Kerberos outcome matches the record

  Rule: The ticket is right, and something behind it is not

    Scenario: WinRM is not running
      Given a healthy lab
      And the WinRM service of MEM1 has ended
      When the administrator connects to "mem1.contoso.com"
      And the engineer asks why
      Then there is a ticket, and nobody who takes it
      And a Windows client would report "ERROR_WSMAN_DESTINATION_UNREACHABLE (0x80338012)"
      And it is not a problem of SPNs: look at "endpoint"
      And the Kerberos outcome matches the record

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
      When the administrator connects to "mem1.contoso.com"
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
      When the administrator connects to "mem1.contoso.com"
      Then the session runs on MEM1 as the administrator

  Rule: The same error, and another cause: 0x80090322 with the SPNs in order

    Scenario: The machine's password in the directory is not the machine's
      Given a healthy lab
      And the password of MEM1 was changed in the directory and not on MEM1
      When the administrator connects to "mem1.contoso.com"
      And the engineer asks why
      Then the ticket was encrypted with the key of "MEM1$"
      And the ticket has key version 3
      And the endpoint answers "KRB_AP_ERR_MODIFIED (41)"
      And a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"
      And it is not a problem of SPNs: first look at "cached-ticket", then at "machine-password"
      And the Kerberos outcome matches the record

  Rule: What was done to an account is undone with the lab's reset

    Scenario Outline: The lab is reset after this: <what>
      Given a healthy lab
      And <what>
      When the lab is reset
      And "trainer" connects to "mem1.contoso.com"
      Then the session runs on MEM1 as the administrator

      Examples: everything that can be undone
        | what                                                              |
        | the account "trainer" is disabled                                 |
        | the account "trainer" has expired                                 |
        | the password of "trainer" has expired                             |
        | the password of "trainer" has been changed                        |
        | the password of MEM1 was changed in the directory and not on MEM1 |

    Scenario: Another clock that nobody told the lab of is none of these, and the reset says so
      Given a healthy lab
      And somebody has set the clock of MEM1 off by 600 seconds
      Then the reset says that the clock of "MEM1" is not as it was

    Scenario Outline: Behind the lab's back <what>, and the reset says so
      Given a healthy lab
      And somebody has changed the directory: <what>
      Then the reset says that <attribute> of "<object>" is not as it was
      When somebody takes that back
      And the lab is reset

      Examples: what no reset takes back
        | what                                    | object                  | attribute   |
        | svc_web has a description               | CN=svc_web,CN=Users     | description |
        | visitor is a member of winrm_users      | CN=winrm_users,CN=Users | member      |
        | there is one more account               | CN=newcomer,CN=Users    | objectGUID  |
        | trainer has a title, written past Samba | CN=trainer,CN=Users     | title       |
