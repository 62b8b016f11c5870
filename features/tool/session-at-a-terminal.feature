@terminal
Feature: spnlab connect opens a session with line editing
  On a terminal spnlab connect opens a session, as Enter-PSSession does. The user can edit lines and call them
  back. Ctrl-C ends the command that runs, and not the session.

  Background:
    Given a healthy lab
    And the user has a session at a terminal

  Scenario: A line is edited before it is sent
    When they type "echo $((40+9))<Left><Left><Backspace>2<Enter>" at the prompt
    Then the screen shows the line "[mem1.contoso.com]: /home/trainer $ echo $((40+2))"
    And the screen shows the line "42"
    When they type "cho the end<Home>e<End>: $((30+1))<Enter>" at the prompt
    Then the screen shows the line "the end: 31"

  Scenario: Earlier lines come back
    When they type "echo $((1+1))<Enter>" at the prompt
    And they type "cd /usr<Enter>" at the prompt
    And they type "<Up><Up><Left><Left><Backspace>6<Enter>" at the prompt
    Then the screen shows the line "[mem1.contoso.com]: /usr $ echo $((1+6))"
    And the screen shows the line "7"

  Scenario: Ctrl-C drops a line that was not sent
    When they type "echo not $((50+5))<Ctrl-C>" at the prompt
    And they type "echo but $((60+6))<Enter>" at the prompt
    Then the screen shows the line "but 66"
    And the screen shows "not 55" nowhere

  # The loops are the shell's own: a signal that comes between dash's fork and exec of another program is
  # lost.
  Scenario: Ctrl-C ends a command and not the session
    When they type "echo started $((2+3)); while :; do :; done; echo slept $((2+4))<Enter>" at the prompt
    And they press "<Ctrl-C>" while "started 5" is the last line
    And they type "echo still here: $((70+7))<Enter>" at the prompt
    Then the screen shows the line "still here: 77"
    And the screen shows "slept 6" nowhere

  Scenario: A reset ends the session and everything that it has started
    When they type "setsid -f tail -f /dev/null; tail -f /dev/null & echo started $((2+3)); wait<Enter>" at the prompt
    Then the screen shows the line "started 5"
    And "trainer" runs "tail" 2 times on MEM1
    When the lab is reset
    Then "trainer" runs "tail" 0 times on MEM1
    And the session ends with status 10

  Scenario: The session's exit status is its last command's
    When they type "sh -c 'exit 3'<Enter>" at the prompt
    And they type "<Ctrl-D>" at the prompt
    Then the session ends with status 3

  Scenario: The exit status can be given
    When they type "true<Enter>" at the prompt
    And they type "exit 7<Enter>" at the prompt
    Then the session ends with status 7

  Scenario: An interrupted command leaves its status
    When they type "echo started $((2+3)); while :; do :; done<Enter>" at the prompt
    And they press "<Ctrl-C>" while "started 5" is the last line
    And they type "exit<Enter>" at the prompt
    Then the session ends with status 130
