//! The help, and the version.

/// What `setspn --version` prints.
pub const VERSION: &str = concat!("setspn ", env!("CARGO_PKG_VERSION"), " (spnfix)\n");

/// What `setspn -?` prints.
pub const HELP: &str = "\
Usage: setspn [modifiers switch] [accountname]
  Switches are letters in either case, behind - or /.
  accountname is name, name$, DOMAIN\\name, name@domain or the DN.
  Quote names with \\ or *: a shell changes them. Behind -- every argument is taken as it is.

Edit Mode Switches:
  -R accountname       add the default names HOST/<name> and HOST/<DNS name>, where missing
  -S SPN accountname   add an SPN, after making sure that nobody has it
  -A SPN accountname   add an SPN; only the directory checks (better use -S)
  -D SPN accountname   delete an SPN
  -L accountname       list the SPNs of an account (also without the switch)

Edit Mode Modifiers:
  -C                   accountname is a computer
  -U                   accountname is a user
                       Without them a computer is looked for first, then a user.

Query Mode Switches:
  -Q SPN               look for an SPN; * stands for any text
  -X                   look for SPNs that several accounts have

Query Mode Modifiers (-F and -T also say where -S looks before it adds):
  -F                   in the forest, not only in the domain
  -T domain            in that domain, with -F in its forest; may be repeated;
                       \"\" or * is the current one
  -P                   no progress

Not in Windows' setspn:
  --shadowed           with -X: also SPNs that take the place of an alias of another account
                       (HTTP/mem1 here, HOST/mem1 there: KB 4549715), HOST names on the wrong
                       account, stale holders, and the next step for each
  --json               one document on standard output
  --color WHEN         auto, always or never: colour for what Windows does not print
  --version            print the version
  --server NAME        domain controller; without it DNS and krb5.conf are asked
  --address HOST:PORT  where to connect to, if that is not the server's own address
  --gc HOST:PORT       global catalog, for -F
  --dns ADDRESS        DNS server to ask for domain controllers
  --ca FILE            CA certificate to trust, PEM
  --tls MODE           ldaps or starttls
  --user NAME          name@domain; without it the Kerberos ticket cache is used
  --password-file FILE, --password-stdin
                       where the password is; without them it is asked for
  --timeout SECONDS    patience for the connection and for each question

Examples:
  setspn -R daserver1
  setspn -S http/daserver daserver1
  setspn -D http/daserver daserver1
  setspn -F -S http/daserver daserver1
  setspn -U -S http/daserver dauser
  setspn -T * -T bar -X
  setspn -T bar -F -Q */daserver

Exit status: 0 done or found, 1 not found, 2 usage, 3 duplicate, 4 refused by the directory,
5 no such account, 6 no directory, 7 no output, 130 interrupted.
";
