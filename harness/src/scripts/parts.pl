# What scripts that run in CLIENT share.
use strict;
binmode STDOUT;

# A line with a name and a length in bytes, and so many bytes.
sub part {
  my ($name, $bytes) = @_;
  print "$name ", length $bytes, "\n", $bytes;
}

# The packet capture, and how long its file is when something begins.
sub begin {
  my ($capture) = @_;
  return ($capture, -s $capture // 0);
}

# The parts by which the judge cuts out of the capture what has come since then.
sub wire {
  my ($capture, $offset) = @_;
  part('offset', $offset);
  part('wire', contents($capture, 0, 24) . contents($capture, $offset));
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

