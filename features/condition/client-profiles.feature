@profiles
Feature: What each kind of client gets
  Clients ask for different names: HTTP is what Enter-PSSession asks for by default, HTTP with the port
  with -IncludePortInSPN, WSMAN and HOST with the registry value spn_prefix (HOST is the default of
  clients on Windows Server 2025). The same directory means something else for each of them.

  Background:
    Given a healthy lab

  Rule: healthy

    Scenario Outline: A healthy host is asked for <profile>
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | connected                       |
        | HTTP:5985 | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | WSMAN     | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HOST      | connected                       |

  Rule: HTTP SPNs on the service account (KB 4549715)

    Scenario Outline: With the SPNs on a service account the host is asked for <profile>
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | KRB_AP_ERR_MODIFIED (41)        |
        | HTTP:5985 | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | WSMAN     | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HOST      | connected                       |

  Rule: HTTP SPN on another computer account

    Scenario Outline: With the SPN on another computer the host is asked for <profile>
      Given "HTTP/mem1.contoso.com" is registered on "CLIENT$"
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | KRB_AP_ERR_MODIFIED (41)        |
        | HTTP:5985 | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | WSMAN     | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HOST      | connected                       |

  Rule: HTTP SPN on the computer account itself

    Scenario Outline: With the SPN on its own computer account the host is asked for <profile>
      Given "HTTP/mem1.contoso.com" is registered on "MEM1$"
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | connected                       |
        | HTTP:5985 | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | WSMAN     | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HOST      | connected                       |

  Rule: HTTP SPN on two accounts

    Scenario Outline: With the SPN on two accounts the host is asked for <profile>
      Given "HTTP/mem1.contoso.com" is on both "svc_web" and "svc_app"
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HTTP:5985 | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | WSMAN     | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HOST      | connected                       |

  Rule: KB 4549715, after option 1

    Scenario Outline: After option 1 the host is asked for <profile>
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      And option 1 has been applied for "mem1.contoso.com"
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | connected                       |
        | HTTP:5985 | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | WSMAN     | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HOST      | connected                       |

  Rule: KB 4549715, after option 2

    Scenario Outline: After option 2 the host is asked for <profile>
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      And option 2 has been applied for "mem1.contoso.com"
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | KRB_AP_ERR_MODIFIED (41)        |
        | HTTP:5985 | connected                       |
        | WSMAN     | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HOST      | connected                       |

  Rule: KB 4549715, after option 3

    Scenario Outline: After option 3 the host is asked for <profile>
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      And option 3 has been applied for "mem1.contoso.com"
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | KRB_AP_ERR_MODIFIED (41)        |
        | HTTP:5985 | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | WSMAN     | connected                       |
        | HOST      | connected                       |

  Rule: HTTP SPN on a disabled account

    Scenario Outline: With the SPN on a disabled account the host is asked for <profile>
      Given "HTTP/mem1.contoso.com" is registered on "svc_app"
      And the account "svc_app" is disabled
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | KRB_AP_ERR_MODIFIED (41)        |
        | HTTP:5985 | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | WSMAN     | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HOST      | connected                       |

  Rule: HTTP SPN on another computer account, after option 1

    Scenario Outline: With the SPN on another computer and option 1 the host is asked for <profile>
      Given "HTTP/mem1.contoso.com" is registered on "CLIENT$"
      And option 1 has been applied for "mem1.contoso.com"
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | connected                       |
        | HTTP:5985 | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | WSMAN     | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HOST      | connected                       |

  Rule: HTTP SPN on another computer account, after option 2

    Scenario Outline: With the SPN on another computer and option 2 the host is asked for <profile>
      Given "HTTP/mem1.contoso.com" is registered on "CLIENT$"
      And option 2 has been applied for "mem1.contoso.com"
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | KRB_AP_ERR_MODIFIED (41)        |
        | HTTP:5985 | connected                       |
        | WSMAN     | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HOST      | connected                       |

  Rule: HTTP SPN on another computer account, after option 3

    Scenario Outline: With the SPN on another computer and option 3 the host is asked for <profile>
      Given "HTTP/mem1.contoso.com" is registered on "CLIENT$"
      And option 3 has been applied for "mem1.contoso.com"
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | KRB_AP_ERR_MODIFIED (41)        |
        | HTTP:5985 | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | WSMAN     | connected                       |
        | HOST      | connected                       |

  Rule: HTTP SPN on a disabled account, after option 1

    Scenario Outline: With the SPN on a disabled account and option 1 the host is asked for <profile>
      Given "HTTP/mem1.contoso.com" is registered on "svc_app"
      And the account "svc_app" is disabled
      And option 1 has been applied for "mem1.contoso.com"
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | connected                       |
        | HTTP:5985 | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | WSMAN     | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HOST      | connected                       |

  Rule: HTTP SPN on a disabled account, after option 2

    Scenario Outline: With the SPN on a disabled account and option 2 the host is asked for <profile>
      Given "HTTP/mem1.contoso.com" is registered on "svc_app"
      And the account "svc_app" is disabled
      And option 2 has been applied for "mem1.contoso.com"
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | KRB_AP_ERR_MODIFIED (41)        |
        | HTTP:5985 | connected                       |
        | WSMAN     | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HOST      | connected                       |

  Rule: HTTP SPN on a disabled account, after option 3

    Scenario Outline: With the SPN on a disabled account and option 3 the host is asked for <profile>
      Given "HTTP/mem1.contoso.com" is registered on "svc_app"
      And the account "svc_app" is disabled
      And option 3 has been applied for "mem1.contoso.com"
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | KRB_AP_ERR_MODIFIED (41)        |
        | HTTP:5985 | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | WSMAN     | connected                       |
        | HOST      | connected                       |

  Rule: HTTP SPN on two accounts, after option 2

    Scenario Outline: With the SPN on two accounts and option 2 the host is asked for <profile>
      Given "HTTP/mem1.contoso.com" is on both "svc_web" and "svc_app"
      And option 2 has been applied for "mem1.contoso.com"
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HTTP:5985 | connected                       |
        | WSMAN     | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HOST      | connected                       |

  Rule: HTTP SPN on two accounts, after option 3

    Scenario Outline: With the SPN on two accounts and option 3 the host is asked for <profile>
      Given "HTTP/mem1.contoso.com" is on both "svc_web" and "svc_app"
      And option 3 has been applied for "mem1.contoso.com"
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HTTP:5985 | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | WSMAN     | connected                       |
        | HOST      | connected                       |

  Rule: healthy, after option 2

    Scenario Outline: A healthy host, after option 2, is asked for <profile>
      Given option 2 has been applied for "mem1.contoso.com"
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | connected                       |
        | HTTP:5985 | connected                       |
        | WSMAN     | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HOST      | connected                       |

  Rule: healthy, after option 3

    Scenario Outline: A healthy host, after option 3, is asked for <profile>
      Given option 3 has been applied for "mem1.contoso.com"
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | connected                       |
        | HTTP:5985 | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | WSMAN     | connected                       |
        | HOST      | connected                       |

  Rule: HTTP SPN of the FQDN only

    Scenario Outline: With only the FQDN's SPN on the service account the host is asked for <profile>
      Given "HTTP/mem1.contoso.com" is registered on "svc_web"
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | KRB_AP_ERR_MODIFIED (41)        |
        | HTTP:5985 | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | WSMAN     | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HOST      | connected                       |

  Rule: HTTP SPN of the short name only

    Scenario Outline: With only the short name's SPN on the service account the host is asked for <profile>
      Given "HTTP/mem1" is registered on "svc_web"
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | connected                       |
        | HTTP:5985 | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | WSMAN     | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HOST      | connected                       |

  Rule: HTTP SPN in other letter case

    Scenario Outline: With the SPN in other letter case the host is asked for <profile>
      Given "http/MEM1.Contoso.COM" is registered on "svc_web"
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | KRB_AP_ERR_MODIFIED (41)        |
        | HTTP:5985 | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | WSMAN     | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HOST      | connected                       |

  Rule: HTTP SPNs on an account with a new password (kvno 3)

    Scenario Outline: With the SPNs on an account with a new password the host is asked for <profile>
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      And the password of "svc_web" has been changed
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | KRB_AP_ERR_MODIFIED (41)        |
        | HTTP:5985 | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | WSMAN     | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HOST      | connected                       |

  Rule: HTTP SPN on the computer account itself, after option 2

    Scenario Outline: With the SPN on its own computer account and option 2 the host is asked for <profile>
      Given "HTTP/mem1.contoso.com" is registered on "MEM1$"
      And option 2 has been applied for "mem1.contoso.com"
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | connected                       |
        | HTTP:5985 | connected                       |
        | WSMAN     | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HOST      | connected                       |

  Rule: HTTP SPN on the computer account itself, after option 3

    Scenario Outline: With the SPN on its own computer account and option 3 the host is asked for <profile>
      Given "HTTP/mem1.contoso.com" is registered on "MEM1$"
      And option 3 has been applied for "mem1.contoso.com"
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | connected                       |
        | HTTP:5985 | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | WSMAN     | connected                       |
        | HOST      | connected                       |

  Rule: KB 4549715, after option 3 with the data HOST

    Scenario Outline: After option 3 with the data HOST the host is asked for <profile>
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      And option 3-host has been applied for "mem1.contoso.com"
      When a client that asks for "<profile>" connects to "mem1.contoso.com"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | KRB_AP_ERR_MODIFIED (41)        |
        | HTTP:5985 | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | WSMAN     | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HOST      | connected                       |

  Rule: KB 4549715, asked by the short name

    Scenario Outline: With the SPNs on a service account the short name is asked for <profile>
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      When a client that asks for "<profile>" connects to "mem1"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | KRB_AP_ERR_MODIFIED (41)        |
        | HTTP:5985 | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | WSMAN     | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HOST      | connected                       |

  Rule: KB 4549715, after option 1, asked by the short name

    Scenario Outline: After option 1 the short name is asked for <profile>
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      And option 1 has been applied for "mem1.contoso.com"
      When a client that asks for "<profile>" connects to "mem1"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | connected                       |
        | HTTP:5985 | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | WSMAN     | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HOST      | connected                       |

  Rule: KB 4549715, after option 2, asked by the short name

    Scenario Outline: After option 2 the short name is asked for <profile>
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      And option 2 has been applied for "mem1.contoso.com"
      When a client that asks for "<profile>" connects to "mem1"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | KRB_AP_ERR_MODIFIED (41)        |
        | HTTP:5985 | connected                       |
        | WSMAN     | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | HOST      | connected                       |

  Rule: KB 4549715, after option 3, asked by the short name

    Scenario Outline: After option 3 the short name is asked for <profile>
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      And option 3 has been applied for "mem1.contoso.com"
      When a client that asks for "<profile>" connects to "mem1"
      Then the attempt ends with "<end>"
      And the engineer's diagnosis foretells it
      And the Kerberos outcome matches the record

      Examples: every kind of client
        | profile   | end                             |
        | HTTP      | KRB_AP_ERR_MODIFIED (41)        |
        | HTTP:5985 | KDC_ERR_S_PRINCIPAL_UNKNOWN (7) |
        | WSMAN     | connected                       |
        | HOST      | connected                       |
