@evidence
Feature: A trainer breaks a lab, shows it, and takes the evidence along
  The verbs for a class work from a script and on a terminal of 80 columns and 24 rows. What they write are files
  that other programs read, and that only their user can read.

  Background:
    Given a healthy lab

  Rule: The files that spnlab writes are valid, and hold what happened

    @tshark
    Scenario: Wireshark opens the ticket with the line that capture prints
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      When the trainer types "connect --name $LAB"
      Then spnlab ends with status 10 and says "0x80090322"
      When the trainer types "capture lab.pcap --name $LAB"
      Then spnlab ends with status 0 and says "lab.keytab: the keys of the lab's accounts"
      And only its user can read "lab.pcap"
      And only its user can read "lab.keytab"
      And the line that spnlab printed for tshark opens the ticket for "HTTP/mem1.contoso.com"
      When the trainer types "capture lab.pcap --name $LAB"
      Then spnlab ends with status 9 and says "SPNLAB-FILE-EXISTS"

    Scenario: A report is one page with a picture of the connection
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      When the trainer types "connect --name $LAB"
      And the trainer types "report --output page.html"
      Then spnlab ends with status 0 and says "page.html: 1 attempt"
      And "page.html" is a whole page without scripts that says "KRB_AP_ERR_MODIFIED (41)"
      When the trainer types "trace --name $LAB"
      Then spnlab ends with status 0 and says "4  DC1    → CLIENT  TGS-REP: aes256-cts-hmac-sha1-96 (18), kvno 2"
      When the trainer types "trace --wire --name $LAB"
      Then spnlab ends with status 0 and says "Mem1.contoso.com  Client.contoso.com  KerberosV5  KerberosV5:KRB_ERROR - KRB_AP_ERR_MODIFIED (41)"
      When the trainer types "events --name $LAB"
      Then spnlab ends with status 0 and says "event 4 of Microsoft-Windows-Security-Kerberos in the log System of client.contoso.com"

    Scenario: trace shows the last attempt, be it a connection or a visit
      When the trainer types "connect --name $LAB"
      And the trainer types "browse www.contoso.com --picture --name $LAB"
      Then spnlab ends with status 0 and says "Seal and keyhole match. The web site let trainer@CONTOSO.COM in."
      When the trainer types "trace --name $LAB"
      Then spnlab ends with status 0 and says "curl --negotiate --user : http://www.contoso.com/"
      And spnlab says "5  CLIENT → MEM1    AP-REQ: in the Authorization header, port 80"

    Scenario: illustrate names the bytes of the failure and of its cure
      When the trainer types "illustrate --output bytes"
      Then spnlab ends with status 0 and says "bytes/index.html"
      And "bytes/index.html" is a whole page without scripts that says "KRB_AP_ERR_MODIFIED (41)"
      And only its user can read "bytes/lab.keytab"
      And only its user can read "bytes/failure.pcap"

  Rule: Conditions come from the command line, and a secret stays one

    Scenario: Two conditions at once, as the list tells them
      When the trainer types "break --list"
      Then spnlab ends with status 0 and says "article           HTTP/mem1.contoso.com and HTTP/mem1 are on the web site's service account svc_web"
      And a line of spnlab begins with each condition
      When the trainer types "break article wrong-registry --name $LAB"
      Then spnlab ends with status 0 and says "article"
      And "HTTP/mem1.contoso.com" is held by "svc_web"
      And spnlab says "wrong-registry"

    Scenario: What --secret breaks is told nowhere
      When the trainer types "break --secret 7 --name $LAB"
      Then spnlab ends with status 0 and says "something is broken"
      And spnlab tells of no condition
      When the trainer types "break article --name $LAB"
      Then spnlab ends with status 6 and says "SPNLAB-QUIZ-RUNS"

    Scenario: A quiz that nobody has solved is graded
      When the trainer types "quiz --seed 1 --name $LAB"
      Then spnlab ends with status 0 and says "Ticket of the help desk"
      And spnlab tells of no condition
      When the trainer types "quiz hint --name $LAB"
      Then spnlab ends with status 0 and says "Hint 1 of 3"
      When the trainer types "quiz check --name $LAB"
      Then spnlab ends with status 12 and says "no   the cause is gone, or worked around"

  Rule: With --quiet a verb that changes something prints nothing

    Scenario: Its exit status says that it succeeded
      When the trainer types "break article -q --name $LAB"
      Then spnlab ends with status 0 and prints nothing
      When the trainer types "fix --option 1 --yes -q --name $LAB"
      Then spnlab ends with status 0 and prints nothing
      When the trainer types "rollback -q --name $LAB"
      Then spnlab ends with status 0 and prints nothing
      When the trainer types "mend registry -q --name $LAB"
      Then spnlab ends with status 0 and prints nothing
      When the trainer types "klist purge -q --name $LAB"
      Then spnlab ends with status 0 and prints nothing
      When the trainer types "reset -q --name $LAB"
      Then spnlab ends with status 0 and prints nothing
      When the trainer types "down -q --name no-such-lab"
      Then spnlab ends with status 0 and prints nothing
      When the trainer types "break no-such-condition -q --name $LAB"
      Then spnlab ends with status 2 and says "no-such-condition"

  Rule: demo --step waits for keys, and its status tells whether an outcome was wrong

    Background:
      Given the trainer plays the demo step by step in this lab on 80 columns and 24 rows

    Scenario: w tells why, b goes back, q leaves
      When they press "w" while "[1/10] a key goes on, w why, b back, q quit" is the last line
      Then the screen shows "So it seals the ticket with MEM1$'s key, which"
      When they press " " while "[1/10] a key goes on, w why, b back, q quit" is the last line
      And they press " " while "[2/10] a key goes on, w why, b back, q quit" is the last line
      And they press "b" while "[3/10] a key goes on, w why, b back, q quit" is the last line
      And they press "1<Enter>" while "Back to which step? [2]" is the last line
      And they press "q" while "[1/10] a key goes on, w why, b back, q quit" is the last line
      Then the session ends with status 0

    Scenario: A step sets the stale tickets, and asks no KDC
      When they press "b" while "[1/10] a key goes on, w why, b back, q quit" is the last line
      And they press "10<Enter>" while "Back to which step? [1]" is the last line
      Then the step that waits at "[…] a key purges the tickets" has the same stale tickets each time
      And the screen shows "KRB_AP_ERR_MODIFIED (41)" above the last line "[…] a key purges the tickets"
      When they press "q" while "[…] a key purges the tickets" is the last line
      And they press "q" while "[10/10] a key ends, w why, b back, q quit" is the last line
      Then the session ends with status 0
      When the trainer types "report . --output page.html"
      Then spnlab ends with status 0 and says "page.html: "
      And "page.html" is a whole page without scripts that says "klist purge"

    Scenario: An outcome that is not the expected one ends with status 8
      When they press "w" while "[1/10] a key goes on, w why, b back, q quit" is the last line
      Then the screen shows "So it seals the ticket with MEM1$'s key, which"
      Given "HTTP/mem1.contoso.com" is registered on "svc_app"
      When they press "b" while "[1/10] a key goes on, w why, b back, q quit" is the last line
      And they press "<Enter>" while "Back to which step? [1]" is the last line
      Then the screen shows "WRONG WinRM session"
      When they press "q" while "[1/10] a key goes on, w why, b back, q quit" is the last line
      Then the session ends with status 8

  Rule: At the prompt of demo --step the title of the step is on the screen

    Scenario: Also on a terminal that is too small for the step
      Given the trainer plays the demo step by step in this lab on 60 columns and 24 rows
      Then the screen shows "1 of 10. The host is healthy" above the last line "[1/10] a key goes on, w why, b back, q quit"
      When they press " " while "[1/10] a key goes on, w why, b back, q quit" is the last line
      Then the screen shows "2 of 10. Somebody registers the host's HTTP names" above the last line "[2/10] a key goes on, w why, b back, q quit"
      When they press " " while "[2/10] a key goes on, w why, b back, q quit" is the last line
      Then the screen shows "3 of 10. WinRM fails with 0x80090322" above the last line "[3/10] a key goes on, w why, b back, q quit"
      When they press " " while "[3/10] a key goes on, w why, b back, q quit" is the last line
      Then the screen shows "4 of 10. The web site works all the while" above the last line "[4/10] a key goes on, w why, b back, q quit"
      When they press " " while "[4/10] a key goes on, w why, b back, q quit" is the last line
      Then the screen shows "5 of 10. The article asks who holds the name" above the last line "[5/10] a key goes on, w why, b back, q quit"
      When they press " " while "[5/10] a key goes on, w why, b back, q quit" is the last line
      Then the screen shows "6 of 10. The diagnosis says what it means" above the last line "[6/10] a key goes on, w why, b back, q quit"
      When they press " " while "[6/10] a key goes on, w why, b back, q quit" is the last line
      Then the screen shows "7 of 10. Option 1: remove the names" above the last line "[…] a key applies it"
      When they press " " while "[…] a key applies it" is the last line
      Then the screen shows "7 of 10. Option 1: remove the names" above the last line "[7/10] a key goes on, w why, b back, q quit"
      When they press "q" while "[7/10] a key goes on, w why, b back, q quit" is the last line
      Then the session ends with status 0
