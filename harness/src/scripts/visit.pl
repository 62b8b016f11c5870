# Runs in CLIENT, behind parts.pl: a fresh credential cache for a user whose password comes on standard
# input, one visit to http://HOST/ with Kerberos; the cache, and the new part of the packet capture for the
# judge. Each comes as a line with its name and its length in bytes, and then its bytes.
my ($capture, $host, $user) = @ARGV;
my @began = begin($capture);
my $folder = "/tmp/spnlab.$$." . time;
mkdir $folder, 0700 or die "$folder: $!\n";
my $cache = "$folder/cc";
$ENV{KRB5CCNAME} = "FILE:$cache";
my ($page, $status, $address) = ("$folder/page", '000', '');
my $error = said(1, 'kinit', $user);
if ($? == 0) {
  my @curl = ('curl', '--silent', '--show-error', '--negotiate', '--user', ':', '--max-time', 20, '--output', $page,
    '--write-out', '%{http_code} %{local_ip}:%{local_port}', '--stderr', "$folder/error", "http://$host/");
  ($status, $address) = split ' ', said(0, @curl);
  $error = $? == 0 ? '' : contents("$folder/error", 0) || "curl: status $?";
}
part('status', $status);
part('address', $address);
part('error', $error);
part('page', contents($page, 0));
part('klist', said(1, 'klist', $cache));
part('ccache', contents($cache, 0));
wire(@began);
unlink glob "$folder/*";
rmdir $folder;
