# Stays in a container and runs one program after the other. Reads a mark; then, for each program, a line
# with two lengths in bytes, of the program's words (a NUL between them) and of its input, and both. The
# program writes to this one's streams; the mark ends both, on standard output with the exit status.
$| = 1;
chomp(my $mark = <STDIN> // exit);
while (defined(my $lengths = <STDIN>)) {
  my ($words, $input) = map { read(STDIN, my $bytes, $_) // die "$!\n"; $bytes } split ' ', $lengths;
  my @words = split /\0/, $words, -1;
  pipe(my $from, my $to) or die "$!\n";
  # It fits into the pipe.
  syswrite $to, $input;
  close $to;
  my $child = fork // die "$!\n";
  if ($child == 0) {
    open STDIN, '<&', $from;
    close $from;
    exec { $words[0] } @words;
    print STDERR "$words[0]: $!\n";
    exit 127;
  }
  close $from;
  waitpid $child, 0;
  print "$mark ", $? & 127 ? 128 + ($? & 127) : $? >> 8, "\n";
  print STDERR "$mark\n";
}
