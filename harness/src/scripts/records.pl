# Runs in CLIENT: the packet capture's file header, and its records from an offset on.
my ($capture, $offset) = @ARGV;
open my $file, '<:raw', $capture or die "$capture: $!\n";
binmode STDOUT;
for ([0, 24], [$offset, -s $file]) {
  seek $file, $_->[0], 0;
  read $file, my $bytes, $_->[1];
  print $bytes;
}
