@terminal
Feature: spnlab shell takes the lines of KB 4549715 as they are typed on Windows
  The shell stands on CLIENT. It has Windows' words and forms over the real thing: the lab's setspn, CLIENT's
  registry, the tickets of a logon session, and connections to WinRM.

  Background:
    Given a healthy lab

  Rule: At a terminal the article can be played as it is written

    Background:
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      And the user has a shell of the lab at a terminal

    Scenario: The article's error, its query and option 2
      When they type "Enter-PSSession -Computername mem1.contoso.com<Enter>" behind "CLIENT>"
      Then the screen shows "errorcode 0x80090322 occurred while using Kerberos authentication"
      And the screen shows the line "    + FullyQualifiedErrorId : CreateRemoteRunspaceFailed"
      When they type "setspn -q http/mem1.contoso.com<Enter>" behind "CLIENT>"
      Then the screen shows the line "CN=svc_web,CN=Users,DC=contoso,DC=com"
      When they type "Setspn -s HTTP/Mem1:5985 Mem1<Enter>" behind "CLIENT>"
      And they type "Setspn -s HTTP/Mem1.contoso.com:5985 Mem1<Enter>" behind "CLIENT>"
      And they type "Enter-PSSession -Computername mem1.contoso.com -SessionOption (New-PSSessionOption -IncludePortInSPN)<Enter>" behind "CLIENT>"
      And they type "echo in the session $((40+2))<Enter>" behind "/home/trainer>"
      Then the screen shows the line "in the session 42"
      When they type "exit<Enter>" behind "/home/trainer>"
      And they type "exit 7<Enter>" behind "CLIENT>"
      Then the session ends with status 7

    Scenario: A stale ticket keeps failing until klist purge
      When they type "Enter-PSSession mem1<Enter>" behind "CLIENT>"
      And they type "setspn -d HTTP/mem1 svc_web<Enter>" behind "CLIENT>"
      And they type "winrs -r:mem1 hostname<Enter>" behind "CLIENT>"
      Then the screen shows the line "the ticket was kept from before: klist purge removes it"
      When they type "klist purge<Enter>" behind "CLIENT>"
      And they type "winrs -r:mem1 echo reached<Enter>" behind "CLIENT>"
      Then the screen shows the line "reached"

    Scenario: A word is completed, and an earlier line comes back
      When they type "setspn -q http/mem1.<Tab><Enter>" behind "CLIENT>"
      Then the screen shows the line "CLIENT> setspn -q HTTP/mem1.contoso.com"
      When they type "whoami<Enter>" behind "CLIENT>"
      And they type "<Up><Up> # again<Enter>" behind "CLIENT>"
      Then the screen shows the line "CLIENT> setspn -q HTTP/mem1.contoso.com # again"

  Rule: A script of lines runs from standard input

    Scenario: Option 3 of the article, with the value of its text
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      When these lines are given to spnlab shell
        """
        reg add HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\WSMAN\Client /v spn_prefix /t REG_SZ /d "WSMAN" /f
        Setspn -s WSMAN/mem1 mem1
        Setspn -s WSMAN/mem1.contoso.com mem1
        reg query HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WSMAN\Client
        Invoke-Command -ComputerName mem1.contoso.com -ScriptBlock { hostname; whoami }
        klist
        """
      Then spnlab ends with status 0 and says "    spn_prefix    REG_SZ    WSMAN"
      And spnlab says "trainer"
      And spnlab says "        Server: WSMAN/mem1.contoso.com @ CONTOSO.COM"

    Scenario: A refused ticket, an SPN that nobody has, and a question before a change
      When these lines are given to spnlab shell
        """
        klist get WSMAN/mem1.contoso.com
        reg add HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WSMAN\Client /v spn_prefix /d HOST
        reg delete HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WSMAN\Client /v spn_prefix
        no
        reg query HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WSMAN\Client /v spn_prefix
        Test-WSMan mem1.contoso.com
        klsit
        """
      Then spnlab ends with status 2 and says "The operation was canceled by the user."
      And spnlab says "    spn_prefix    REG_SZ    HOST"
      And spnlab says "ProductVendor   : spnlab"
      And spnlab says "kvno: Server not found in Kerberos database"
      And spnlab says "'klsit' is no command of this shell. It knows, nearest first: klist,"

    Scenario: The status is that of the last line
      When these lines are given to spnlab shell
        """
        hostname
        ping nowhere
        """
      Then spnlab ends with status 1 and says "could not find host nowhere"
