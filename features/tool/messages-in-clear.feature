@in-clear
Feature: Messages in clear
  Clients that cannot seal, such as curl, need the setting AllowUnencrypted, which is off on Windows
  and in labs. spnlab up --allow-unencrypted starts a lab in which it is on; Kerberos is asked for
  all the same.

  Scenario: A lab refuses messages in clear
    Given a healthy lab
    When curl sends WinRM a message in clear
    Then WinRM refuses it without a word

  Scenario: A lab that was told to takes messages in clear
    Given a lab in which WinRM takes messages in clear
    When curl sends WinRM a message in clear
    Then WinRM answers it
    When the administrator connects to "mem1.contoso.com"
    Then the session runs on MEM1 as the administrator
