# Authenticates with curl; the body is not sealed, which curl cannot do.
curl --silent --verbose --output /dev/null --write-out 'status %{http_code}\n' \
  --negotiate --user : --header 'Content-Type: application/soap+xml;charset=UTF-8' \
  --data '<x/>' "$@" http://mem1.contoso.com:5985/wsman 2>&1 |
  sed -n -e 's/\r$//' -e '/^status /p' -e '/gss_init_sec_context/p'
