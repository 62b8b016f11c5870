//! A WinRM endpoint and client on MIT Kerberos.
