Feature: A lab is isolated and has few rights
  Everybody knows its passwords, and its directory is broken on purpose. Only the computer that runs the lab can
  reach it, and the lab reaches nothing outside. Its programs have the rights that they need and their share of
  the computer.

  Scenario: Ports are published on 127.0.0.1, and no container has more rights than it needs
    Given a healthy lab
    Then every published port of the lab is on "127.0.0.1"
    And no container of the lab is privileged or sees a folder or a namespace of the engine's host
    And "dc1" has no capabilities
    And "mem1" has the capabilities "KILL, SETGID, SETUID"
    And "client" has the capabilities "NET_RAW"

  Scenario: Nothing leaves the lab's network
    Given a healthy lab
    Then the lab's network has 32 addresses and no gateway that anybody has
    And no part of the lab reaches "192.0.2.1" or "1.1.1.1"
    And no part of the lab finds the name "www.example.com"
    And every part of the lab finds the others by their names

  Scenario: With --internet the lab reaches what its computer reaches
    Given a healthy lab
    Then a lab that was started with a way out has the engine's own address as its gateway

  Scenario: What a part writes is in memory, and everything else is read-only
    Given a healthy lab
    Then every part of the lab is read-only, with folders in memory that have a size
    And not even root can write to "/", "/etc", "/usr/bin" or "/var/lib/spnlab" in any part

  Scenario: A part has no more processes, memory and processors than its share
    Given a healthy lab
    Then every part of the lab has limits, and MEM1 the least weight
    And in every part new processes end at its limit
    And in "client" a program that takes more memory than there is for it is killed

  Scenario: Users of MEM1 have ids that no other lab has
    Given a healthy lab
    Then MEM1's users have ids of this lab's own
    And every other program of the lab has an id that no user of this computer has

  Scenario: Nobody in a lab can read the passwords
    Given a healthy lab
    Then no file that everybody can read in any part of the lab holds a password
