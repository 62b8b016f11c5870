# Authenticates with curl. Over HTTP the body is not sealed, which curl cannot do, and is refused when
# the ticket was taken (500); over HTTPS a request for the settings is answered.
case "$*" in
  *https://*) body=@- ;;
  *) body='<x/>' && set -- "$@" http://mem1.contoso.com:5985/wsman ;;
esac
curl --silent --show-error --verbose --output /dev/null --write-out 'status %{http_code}\n' \
  --negotiate --user : --header 'Content-Type: application/soap+xml;charset=UTF-8' \
  --data-binary "$body" "$@" 2>&1 <<'XML' |
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd">
<s:Header><a:To>https://mem1.contoso.com:5986/wsman</a:To><a:ReplyTo><a:Address s:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>
<a:Action s:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2004/09/transfer/Get</a:Action><a:MessageID>uuid:7C6C1A2B-6D2A-4D0C-9B57-0D1A4E6C7B11</a:MessageID>
<w:ResourceURI s:mustUnderstand="true">http://schemas.microsoft.com/wbem/wsman/1/config</w:ResourceURI></s:Header><s:Body/></s:Envelope>
XML
  sed -n -e 's/\r$//' -e '/^status /p' -e '/gss_init_sec_context/p' -e '/^curl: /p'
