# Called in CLIENT: the registry is the image's, to the byte, there is no credential cache, and the engine's
# name server is asked (harness/src/dns.rs). Prints what is still there. Whoever writes to the store does so
# only while it runs.
use strict;

sub contents {
  open my $file, '<:raw', $_[0] or return '';
  read $file, my $bytes, -s $file;
  return $bytes;
}

my ($registry, $baseline) = ('/var/lib/spnlab/registry/registry.tdb', '/var/lib/spnlab/registry.baseline');
my $engines = '/run/resolv.conf.engine';
my $tickets = '/tmp/spnlab.* /tmp/krb5cc_*';
for my $left (glob $tickets) {
  unlink -d $left && !-l $left ? glob "$left/*" : $left;
  rmdir $left;
}
my $wanted = contents($baseline);
if (contents($registry) ne $wanted) {
  open my $file, '>:raw', $registry or die "$registry: $!\n";
  print $file $wanted;
  close $file;
}
print "$registry\n" if $wanted eq '' || contents($registry) ne $wanted;
print "$_\n" for glob $tickets;
print "another name server: $engines\n" if -e $engines;
return 0;
