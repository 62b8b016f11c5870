@profiles
Feature: Each option cures the clients that ask for its SPN, and no others
  Enter-PSSession asks for HTTP by default, and for HTTP with the port with -IncludePortInSPN. With the registry
  value spn_prefix it asks for WSMAN or HOST. (Clients on Windows Server 2025 are said to ask for HOST.) The same
  directory means something else for each of them.
  Every condition is tried with every option of the article. 3-host is option 3 with the data of the article's
  own reg line. Then every kind of client connects, each with a fresh credential cache. The first is the one
  whose registry is as the remedy has left it.

  Background:
    Given a healthy lab

  Rule: healthy

    Scenario Outline: Healthy, remedy: <remedy>
      Given the remedy for "mem1.contoso.com" was <remedy>
      When each kind of client connects to "mem1.contoso.com"
      Then they end with "<HTTP>", "<HTTP:5985>", "<WSMAN>" and "<HOST>"
      And the engineer's diagnosis predicts each of them
      And each Kerberos outcome matches its record

      Examples: every option
        | remedy                   | HTTP      | HTTP:5985                       | WSMAN                           | HOST      |
        | nothing                  | connected | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 1 (nothing to do) | connected | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 2                 | connected | connected                       | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 3                 | connected | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected                       | connected |
        | option 3-host            | connected | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |

  Rule: healthy, WSMAN SPNs as WinRM on Windows registers them

    Scenario Outline: Healthy with WSMAN, remedy: <remedy>
      Given "WSMAN/mem1" is registered on "MEM1$"
      And "WSMAN/mem1.contoso.com" is registered on "MEM1$"
      And the remedy for "mem1.contoso.com" was <remedy>
      When each kind of client connects to "mem1.contoso.com"
      Then they end with "<HTTP>", "<HTTP:5985>", "<WSMAN>" and "<HOST>"
      And the engineer's diagnosis predicts each of them
      And each Kerberos outcome matches its record

      Examples: every option
        | remedy                   | HTTP      | HTTP:5985                       | WSMAN     | HOST      |
        | nothing                  | connected | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected | connected |
        | option 1 (nothing to do) | connected | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected | connected |
        | option 2                 | connected | connected                       | connected | connected |
        | option 3                 | connected | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected | connected |
        | option 3-host            | connected | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected | connected |

  Rule: HTTP SPNs on the service account (KB 4549715)

    Scenario Outline: KB 4549715, remedy: <remedy>
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      And the remedy for "mem1.contoso.com" was <remedy>
      When each kind of client connects to "mem1.contoso.com"
      Then they end with "<HTTP>", "<HTTP:5985>", "<WSMAN>" and "<HOST>"
      And the engineer's diagnosis predicts each of them
      And each Kerberos outcome matches its record

      Examples: every option
        | remedy        | HTTP                     | HTTP:5985                       | WSMAN                           | HOST      |
        | nothing       | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 1      | connected                | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 2      | KRB_AP_ERR_MODIFIED (41) | connected                       | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 3      | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected                       | connected |
        | option 3-host | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |

  Rule: KB 4549715, WSMAN SPNs as WinRM on Windows registers them

    Scenario Outline: KB 4549715 with WSMAN, remedy: <remedy>
      Given "WSMAN/mem1" is registered on "MEM1$"
      And "WSMAN/mem1.contoso.com" is registered on "MEM1$"
      And the HTTP SPNs of MEM1 are registered on the web site's service account
      And the remedy for "mem1.contoso.com" was <remedy>
      When each kind of client connects to "mem1.contoso.com"
      Then they end with "<HTTP>", "<HTTP:5985>", "<WSMAN>" and "<HOST>"
      And the engineer's diagnosis predicts each of them
      And each Kerberos outcome matches its record

      Examples: every option
        | remedy        | HTTP                     | HTTP:5985                       | WSMAN     | HOST      |
        | nothing       | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected | connected |
        | option 1      | connected                | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected | connected |
        | option 2      | KRB_AP_ERR_MODIFIED (41) | connected                       | connected | connected |
        | option 3      | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected | connected |
        | option 3-host | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected | connected |

  Rule: KB 4549715, asked by the short name

    Scenario Outline: KB 4549715, short name, remedy: <remedy>
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      And the remedy for "mem1" was <remedy>
      When each kind of client connects to "mem1"
      Then they end with "<HTTP>", "<HTTP:5985>", "<WSMAN>" and "<HOST>"
      And the engineer's diagnosis predicts each of them
      And each Kerberos outcome matches its record

      Examples: every option
        | remedy        | HTTP                     | HTTP:5985                       | WSMAN                           | HOST      |
        | nothing       | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 1      | connected                | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 2      | KRB_AP_ERR_MODIFIED (41) | connected                       | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 3      | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected                       | connected |
        | option 3-host | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |

  Rule: HTTP SPN of the FQDN only

    Scenario Outline: FQDN only, remedy: <remedy>
      Given "HTTP/mem1.contoso.com" is registered on "svc_web"
      And the remedy for "mem1.contoso.com" was <remedy>
      When each kind of client connects to "mem1.contoso.com"
      Then they end with "<HTTP>", "<HTTP:5985>", "<WSMAN>" and "<HOST>"
      And the engineer's diagnosis predicts each of them
      And each Kerberos outcome matches its record

      Examples: every option
        | remedy        | HTTP                     | HTTP:5985                       | WSMAN                           | HOST      |
        | nothing       | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 1      | connected                | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 2      | KRB_AP_ERR_MODIFIED (41) | connected                       | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 3      | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected                       | connected |
        | option 3-host | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |

  Rule: HTTP SPN of the short name only

    Scenario Outline: Short name only, remedy: <remedy>
      Given "HTTP/mem1" is registered on "svc_web"
      And the remedy for "mem1.contoso.com" was <remedy>
      When each kind of client connects to "mem1.contoso.com"
      Then they end with "<HTTP>", "<HTTP:5985>", "<WSMAN>" and "<HOST>"
      And the engineer's diagnosis predicts each of them
      And each Kerberos outcome matches its record

      Examples: every option
        | remedy        | HTTP      | HTTP:5985                       | WSMAN                           | HOST      |
        | nothing       | connected | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 1      | connected | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 2      | connected | connected                       | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 3      | connected | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected                       | connected |
        | option 3-host | connected | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |

  Rule: HTTP SPN of the short name only, asked by the short name

    Scenario Outline: Short name only, short name, remedy: <remedy>
      Given "HTTP/mem1" is registered on "svc_web"
      And the remedy for "mem1" was <remedy>
      When each kind of client connects to "mem1"
      Then they end with "<HTTP>", "<HTTP:5985>", "<WSMAN>" and "<HOST>"
      And the engineer's diagnosis predicts each of them
      And each Kerberos outcome matches its record

      Examples: every option
        | remedy        | HTTP                     | HTTP:5985                       | WSMAN                           | HOST      |
        | nothing       | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 1      | connected                | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 2      | KRB_AP_ERR_MODIFIED (41) | connected                       | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 3      | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected                       | connected |
        | option 3-host | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |

  Rule: HTTP SPN in other letter case

    Scenario Outline: Other letter case, remedy: <remedy>
      Given "http/MEM1.Contoso.COM" is registered on "svc_web"
      And the remedy for "mem1.contoso.com" was <remedy>
      When each kind of client connects to "mem1.contoso.com"
      Then they end with "<HTTP>", "<HTTP:5985>", "<WSMAN>" and "<HOST>"
      And the engineer's diagnosis predicts each of them
      And each Kerberos outcome matches its record

      Examples: every option
        | remedy        | HTTP                     | HTTP:5985                       | WSMAN                           | HOST      |
        | nothing       | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 1      | connected                | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 2      | KRB_AP_ERR_MODIFIED (41) | connected                       | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 3      | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected                       | connected |
        | option 3-host | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |

  Rule: HTTP SPN on another computer account

    Scenario Outline: Another computer, remedy: <remedy>
      Given "HTTP/mem1.contoso.com" is registered on "CLIENT$"
      And the remedy for "mem1.contoso.com" was <remedy>
      When each kind of client connects to "mem1.contoso.com"
      Then they end with "<HTTP>", "<HTTP:5985>", "<WSMAN>" and "<HOST>"
      And the engineer's diagnosis predicts each of them
      And each Kerberos outcome matches its record

      Examples: every option
        | remedy        | HTTP                     | HTTP:5985                       | WSMAN                           | HOST      |
        | nothing       | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 1      | connected                | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 2      | KRB_AP_ERR_MODIFIED (41) | connected                       | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 3      | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected                       | connected |
        | option 3-host | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |

  Rule: HTTP SPN on a disabled account

    Scenario Outline: Disabled account, remedy: <remedy>
      Given "HTTP/mem1.contoso.com" is registered on "svc_app"
      And the account "svc_app" is disabled
      And the remedy for "mem1.contoso.com" was <remedy>
      When each kind of client connects to "mem1.contoso.com"
      Then they end with "<HTTP>", "<HTTP:5985>", "<WSMAN>" and "<HOST>"
      And the engineer's diagnosis predicts each of them
      And each Kerberos outcome matches its record

      Examples: every option
        | remedy        | HTTP                     | HTTP:5985                       | WSMAN                           | HOST      |
        | nothing       | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 1      | connected                | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 2      | KRB_AP_ERR_MODIFIED (41) | connected                       | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 3      | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected                       | connected |
        | option 3-host | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |

  Rule: HTTP SPNs on an account with a new password (kvno 3)

    Scenario Outline: New password, remedy: <remedy>
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      And the password of "svc_web" has been changed
      And the remedy for "mem1.contoso.com" was <remedy>
      When each kind of client connects to "mem1.contoso.com"
      Then they end with "<HTTP>", "<HTTP:5985>", "<WSMAN>" and "<HOST>"
      And the engineer's diagnosis predicts each of them
      And each Kerberos outcome matches its record

      Examples: every option
        | remedy        | HTTP                     | HTTP:5985                       | WSMAN                           | HOST      |
        | nothing       | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 1      | connected                | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 2      | KRB_AP_ERR_MODIFIED (41) | connected                       | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 3      | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected                       | connected |
        | option 3-host | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |

  Rule: HTTP SPN on two accounts

    Scenario Outline: Two accounts, remedy: <remedy>
      Given "HTTP/mem1.contoso.com" is on both "svc_web" and "svc_app"
      And the remedy for "mem1.contoso.com" was <remedy>
      When each kind of client connects to "mem1.contoso.com"
      Then they end with "<HTTP>", "<HTTP:5985>", "<WSMAN>" and "<HOST>"
      And the engineer's diagnosis predicts each of them
      And each Kerberos outcome matches its record

      Examples: every option
        | remedy             | HTTP                            | HTTP:5985                       | WSMAN                           | HOST      |
        | nothing            | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 1 (refused) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 2           | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected                       | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 3           | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected                       | connected |
        | option 3-host      | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |

  Rule: HTTP SPN on the computer account itself

    Scenario Outline: Computer itself, remedy: <remedy>
      Given "HTTP/mem1.contoso.com" is registered on "MEM1$"
      And the remedy for "mem1.contoso.com" was <remedy>
      When each kind of client connects to "mem1.contoso.com"
      Then they end with "<HTTP>", "<HTTP:5985>", "<WSMAN>" and "<HOST>"
      And the engineer's diagnosis predicts each of them
      And each Kerberos outcome matches its record

      Examples: every option
        | remedy                   | HTTP      | HTTP:5985                       | WSMAN                           | HOST      |
        | nothing                  | connected | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 1 (nothing to do) | connected | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 2                 | connected | connected                       | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |
        | option 3                 | connected | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected                       | connected |
        | option 3-host            | connected | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | connected |

  Rule: MEM1's password was changed in the directory only (look-alike)

    Scenario Outline: New machine password, remedy: <remedy>
      Given the password of MEM1 was changed in the directory and not on MEM1
      And the remedy for "mem1.contoso.com" was <remedy>
      When each kind of client connects to "mem1.contoso.com"
      Then they end with "<HTTP>", "<HTTP:5985>", "<WSMAN>" and "<HOST>"
      And the engineer's diagnosis finds the holder of "<right>" right
      And each Kerberos outcome matches its record

      Examples: every option
        | remedy                   | HTTP                     | HTTP:5985                       | WSMAN                           | HOST                     | right                 |
        | nothing                  | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KRB_AP_ERR_MODIFIED (41) | HTTP, HOST            |
        | option 1 (nothing to do) | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KRB_AP_ERR_MODIFIED (41) | HTTP, HOST            |
        | option 2                 | KRB_AP_ERR_MODIFIED (41) | KRB_AP_ERR_MODIFIED (41)        | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KRB_AP_ERR_MODIFIED (41) | HTTP, HTTP:5985, HOST |
        | option 3                 | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KRB_AP_ERR_MODIFIED (41)        | KRB_AP_ERR_MODIFIED (41) | HTTP, WSMAN, HOST     |
        | option 3-host            | KRB_AP_ERR_MODIFIED (41) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) | KRB_AP_ERR_MODIFIED (41) | HTTP, HOST            |
