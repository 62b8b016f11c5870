@fault-misplaced @safety
Feature: An interrupted fix can be finished, or undone exactly
  Every write is in the journal before it is made. Whatever ends a fix half-way, kill -9 or a power cut of the
  domain controller, its journal knows enough to take the fix back or to finish it.

  Background:
    Given a healthy lab
    And the HTTP SPNs of MEM1 are registered on the web site's service account

  Rule: Killed between any two steps, it is rolled back exactly

    Scenario Outline: Option <option> is killed everywhere and rolled back
      When option <option> for "mem1.contoso.com" is killed at each of its points in turn, and rolled back
      Then at least <points> kills left every SPN exactly as it was

      Examples: a point before every write to journal, directory and registry
        | option | points |
        | 1      | 8      |
        | 2      | 8      |
        | 3      | 11     |
        | 3-host | 5      |

  Rule: Killed between any two steps, it can be finished

    Scenario: Option 3 is killed everywhere, applied again and rolled back
      When option 3 for "mem1.contoso.com" is killed at each of its points in turn, and applied again
      Then at least 11 kills left every SPN exactly as it was

  Rule: A domain controller that dies in the middle loses nothing

    Scenario Outline: The DC dies around every write of option <option>
      When the DC is killed around each write of option <option> for "mem1.contoso.com" in turn, and the fix rolled back
      Then at least <deaths> kills left every SPN exactly as it was

      Examples: before each write to directory and registry, and after the last
        | option | deaths |
        | 1      | 3      |
        | 2      | 3      |
        | 3      | 4      |
        | 3-host | 2      |

    Scenario: The fix says that it stopped
      When the DC is killed before write 1 of option 1 for "mem1.contoso.com"
      Then the fix stops and says "stopped at step"
      And rolling back leaves every SPN exactly as it was

    Scenario: A fix whose DC died is finished when it is back
      When the DC is killed before write 2 of option 2 for "mem1.contoso.com"
      Then the fix stops and says "stopped at step"
      And applying it again completes it, and rolling back leaves every SPN exactly as it was
