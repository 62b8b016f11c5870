Feature: A lab keeps to itself
  Its passwords are known to everybody, and its directory is broken on purpose. Only the computer that runs it can
  reach it, and what runs in it has no right that it does not need.

  Scenario: Ports are published on 127.0.0.1, and no container has more rights than it needs
    Given a healthy lab
    Then every published port of the lab is on "127.0.0.1"
    And no container of the lab is privileged or sees a folder or a namespace of the engine's host
    And "dc1" has no capabilities
    And "mem1" has the capabilities "KILL, SETGID, SETUID"
    And "client" has the capabilities "NET_RAW"
