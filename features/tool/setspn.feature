@setspn
Feature: setspn works and prints as on Windows
  It runs on CLIENT with the ticket of its user, and finds the domain controller by itself. It talks to it as
  Windows' own tools do: LDAP sealed by Kerberos.

  Background:
    Given a healthy lab

  Rule: It finds SPNs and their holders

    Scenario: A name that one account holds
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      When "trainer" runs setspn "-Q http/mem1.contoso.com"
      Then setspn ends with status 0 and prints
        """
        Checking domain DC=contoso,DC=com
        CN=svc_web,CN=Users,DC=contoso,DC=com
        	HTTP/www.contoso.com
        	HTTP/mem1.contoso.com
        	HTTP/mem1

        Existing SPN found!
        """

    Scenario: A name that works through an alias is held by nobody
      When "trainer" runs setspn "-q HTTP/mem1.contoso.com"
      Then setspn ends with status 1 and prints
        """
        Checking domain DC=contoso,DC=com

        No such SPN found.
        """

    Scenario: The whole forest, with a wildcard and a slash before the switches
      When "trainer" runs setspn "/F /Q HTTP/www*"
      Then setspn ends with status 0 and prints
        """
        Checking forest DC=contoso,DC=com
        Operation will be performed forestwide, it might take a while.
        CN=svc_web,CN=Users,DC=contoso,DC=com
        	HTTP/www.contoso.com

        Existing SPN found!
        """

    Scenario: After a fix and a reset they are spelled as the lab began
      Given "HTTP/mem1.contoso.com" is registered on "svc_web"
      And option 1 has been applied for "mem1.contoso.com"
      When the lab is reset
      And "trainer" runs setspn "-L MEM1"
      Then setspn ends with status 0 and prints
        """
        Registered ServicePrincipalNames for CN=LAB-SRV-01,CN=Computers,DC=contoso,DC=com:
        	HOST/MEM1
        	HOST/mem1.contoso.com
        	RestrictedKrbHost/MEM1
        	RestrictedKrbHost/mem1.contoso.com
        """

    Scenario Outline: The SPNs of an account named by <form>
      When "trainer" runs setspn "-L <account>"
      Then setspn ends with status 0 and prints
        """
        Registered ServicePrincipalNames for CN=LAB-SRV-01,CN=Computers,DC=contoso,DC=com:
        	HOST/MEM1
        	HOST/mem1.contoso.com
        	RestrictedKrbHost/MEM1
        	RestrictedKrbHost/mem1.contoso.com
        """

      Examples:
        | form                    | account       |
        | its computer's name     | mem1          |
        | its sAMAccountName      | MEM1$         |
        | its domain and its name | CONTOSO\\mem1 |

    Scenario: An account that does not exist
      When "trainer" runs setspn "-L nosuch"
      Then setspn ends with status 5 and says "Could not find account nosuch"

    Scenario: The domain controller is found by DNS
      When "trainer" runs setspn "--dns dc1.contoso.com -Q HTTP/none"
      Then setspn ends with status 1 and prints
        """
        Checking domain DC=contoso,DC=com

        No such SPN found.
        """

  Rule: It changes SPNs for those who may write them

    Scenario: Taking the SPN off the service account lets the user in
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      When "spn_operator" runs setspn "-D HTTP/mem1.contoso.com svc_web"
      Then setspn ends with status 0 and prints
        """
        Unregistering ServicePrincipalNames for CN=svc_web,CN=Users,DC=contoso,DC=com
        	HTTP/mem1.contoso.com
        Updated object
        """
      When the user connects to "mem1.contoso.com"
      Then the session runs on MEM1 as the user

    Scenario: Adding the SPN of the article raises no objection, and WinRM fails
      When "spn_operator" runs setspn "-S HTTP/mem1.contoso.com svc_web"
      Then setspn ends with status 0 and prints
        """
        Checking domain DC=contoso,DC=com

        Registering ServicePrincipalNames for CN=svc_web,CN=Users,DC=contoso,DC=com
        	HTTP/mem1.contoso.com
        Updated object
        """
      When the user connects to "mem1.contoso.com"
      Then a Windows client would report "SEC_E_WRONG_PRINCIPAL (0x80090322)"

    Scenario: An SPN that somebody has is not given to another
      When "spn_operator" runs setspn "-S HTTP/www.contoso.com svc_app"
      Then setspn ends with status 3 and prints
        """
        Checking domain DC=contoso,DC=com
        CN=svc_web,CN=Users,DC=contoso,DC=com
        	HTTP/www.contoso.com

        Duplicate SPN found, aborting operation!
        """
      And "HTTP/www.contoso.com" is held by "svc_web"

    Scenario: Without the check, the domain controller refuses it
      When "spn_operator" runs setspn "-A HTTP/www.contoso.com svc_app"
      Then setspn ends with status 4 and says "error 0x21c7/8647 -> The operation failed because SPN value provided for addition/modification is not unique forest-wide."
      And "HTTP/www.contoso.com" is held by "svc_web"

    Scenario: An ordinary user may not
      When "trainer" runs setspn "-A HTTP/mem1.contoso.com svc_web"
      Then setspn ends with status 4 and says "error 0x2098/8344 -> Insufficient access rights to perform the operation."
      And nobody holds "HTTP/mem1.contoso.com"

  Rule: It finds duplicates and shadowed SPNs

    Scenario: No duplicates
      When "trainer" runs setspn "-P -X"
      Then setspn ends with status 0 and prints
        """
        Checking domain DC=contoso,DC=com
        found 0 group of duplicate SPNs.
        """

    Scenario: An SPN on two accounts
      Given "HTTP/app.contoso.com" is on both "svc_web" and "svc_app"
      When "trainer" runs setspn "-P -F -X"
      Then setspn ends with status 3 and prints
        """
        Checking forest DC=contoso,DC=com
        Operation will be performed forestwide, it might take a while.
        HTTP/app.contoso.com is registered on these accounts:
        	CN=svc_app,CN=Users,DC=contoso,DC=com
        	CN=svc_web,CN=Users,DC=contoso,DC=com
        found 1 group of duplicate SPNs.
        """

    Scenario: The situation of the article, among all SPNs of the domain
      Given the HTTP SPNs of MEM1 are registered on the web site's service account
      When "trainer" runs setspn "-P -X --shadowed"
      Then setspn ends with status 3 and says "HTTP/mem1.contoso.com"
