@in-clear
Feature: WinRM takes messages in clear only with AllowUnencrypted
  Clients that cannot seal, such as curl, need the setting AllowUnencrypted. It is off on Windows and in labs.
  spnlab up --allow-unencrypted starts a lab in which it is on. WinRM still demands Kerberos.

  Scenario: A lab refuses messages in clear
    Given a healthy lab
    When curl sends WinRM a message in clear
    Then WinRM refuses it with status 500 and an empty body

  Scenario: A lab that was told to takes messages in clear
    Given a lab in which WinRM takes messages in clear
    When curl sends WinRM a message in clear
    Then WinRM answers it
    When the user connects to "mem1.contoso.com"
    Then the session runs on MEM1 as the user
