# Runs in CLIENT: a credential cache, fresh or kept in the folder that is named; one connection; then the
# ticket cache, what was in it before, and the new part of the packet capture for the judge. Each comes as
# a line with its name and its length in bytes, and then its bytes.
my ($capture, $kept, $clock, $kdc, @arguments) = @ARGV;

my @began = begin($capture);
my $folder = $kept || "/tmp/spnlab.$$.$began[1]";
mkdir $folder, 0700 or $kept or die "$folder: $!\n";
my $cache = "$folder/cc";
my $before = '';
if (-f $cache) {
  $before = said(1, 'klist', $cache);
} else {
  unshift @arguments, '--password-stdin';
}
if ($kdc) {
  open my $file, '>', "$folder/krb5.conf" or die "$folder/krb5.conf: $!\n";
  print $file contents('/etc/krb5.conf', 0) =~ s/kdc = .*/kdc = $kdc/gr;
  close $file;
  $ENV{KRB5_CONFIG} = "$folder/krb5.conf";
}
my @client = ('/usr/lib/spnlab/bin/winrm-client', '--json', '--ccache', $cache, @arguments);
if ($clock) {
  my ($faketime) = glob '/usr/lib/*/faketime/libfaketime.so.1';
  unshift @client, 'env', "LD_PRELOAD=$faketime", "FAKETIME=$clock", 'FAKETIME_DONT_FAKE_MONOTONIC=1';
}
part('report', said(0, @client));
part('klist', said(1, 'klist', '-e', $cache));
part('ccache', contents($cache, 0));
part('before', $before);
wire(@began);
if (!$kept) {
  unlink glob "$folder/*";
  rmdir $folder;
}
