# Stays in a container and runs one program after the other. Reads a mark; then, for each program, a line
# with two lengths in bytes, of the program's words (a NUL between them) and of its input, and both. The
# program writes to this one's streams; the mark ends both, on standard output with the exit status.
# What is written in Perl needs no other perl: `perl -e SCRIPT -- WORD...` runs in a child of this one, and
# `call SCRIPT WORD...` here, where the script is compiled once, reads nothing and returns its exit status.

my %compiled;

sub call {
  my $script = shift;
  my $compiled = $compiled{$script} //= eval "sub { $script }";
  my $status = eval { $compiled ? $compiled->(@_) : die $@ };
  print STDERR $@;
  return $@ eq '' ? $status : 255;
}

sub script {
  (my $script, @ARGV) = @_;
  shift @ARGV if @ARGV && $ARGV[0] eq '--';
  eval $script;
  print STDERR $@;
  exit($@ eq '' ? 0 : 255);
}

sub run {
  my ($input, @words) = @_;
  pipe(my $from, my $to) or die "$!\n";
  # It fits into the pipe.
  syswrite $to, $input;
  close $to;
  my $child = fork // die "$!\n";
  if ($child == 0) {
    open STDIN, '<&', $from;
    close $from;
    script(@words[2 .. $#words]) if $words[0] eq 'perl' && $words[1] eq '-e';
    exec { $words[0] } @words;
    print STDERR "$words[0]: $!\n";
    exit 127;
  }
  close $from;
  waitpid $child, 0;
  return $? & 127 ? 128 + ($? & 127) : $? >> 8;
}

$| = 1;
chomp(my $mark = <STDIN> // exit);
while (defined(my $lengths = <STDIN>)) {
  my ($words, $input) = map { read(STDIN, my $bytes, $_) // die "$!\n"; $bytes } split ' ', $lengths;
  my @words = split /\0/, $words, -1;
  my $status = $words[0] eq 'call' ? call(@words[1 .. $#words]) : run($input, @words);
  print "$mark $status\n";
  print STDERR "$mark\n";
}
