# Runs in CLIENT: a credential cache, fresh or kept in the folder that is named; one connection; then the
# ticket cache, what was in it before, and the new part of the packet capture for the judge. Each comes as
# a line with its name and its length in bytes, and then its bytes.
use strict;
my ($capture, $kept, $clock, $kdc, @arguments) = @ARGV;

sub part {
  my ($name, $bytes) = @_;
  print "$name ", length $bytes, "\n", $bytes;
}

# A file's bytes from an offset on, at most so many; none if it is not there.
sub contents {
  my ($path, $offset, $most) = @_;
  open my $file, '<:raw', $path or return '';
  seek $file, $offset, 0;
  read $file, my $bytes, $most // -s $file;
  return $bytes // '';
}

# What a program prints; with what it says on standard error, or that goes where this one's goes.
sub said {
  my ($both, @command) = @_;
  my $child = open(my $program, '-|') // die "$!\n";
  if (!$child) {
    open STDERR, '>&', \*STDOUT if $both;
    exec { $command[0] } @command;
    die "$command[0]: $!\n";
  }
  binmode $program;
  local $/;
  my $said = <$program> // '';
  close $program;
  return $said;
}

binmode STDOUT;
chomp(my $began = said(0, 'date', '+%s%N'));
my $offset = -s $capture // 0;
my $folder = $kept || "/tmp/spnlab.$$.$began";
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
part('began', "$began $offset");
part('wire', contents($capture, 0, 24) . contents($capture, $offset));
if (!$kept) {
  unlink glob "$folder/*";
  rmdir $folder;
}
