# fork, pipes, open with commands, signals, alarms, sockets of a pair, threads of the interpreter, select.
use strict; use warnings; use threads; use threads::shared; use Thread::Queue; use POSIX; use Socket; use IO::Socket::UNIX; use IO::Select; use Time::HiRes qw(sleep ualarm time);
$| = 1;
my $count :shared = 0;
sub check { die "line " . (caller)[2] unless $_[0] }
print "shell ", `echo \$((6 * 7)) | tr 0-9 a-j`;
my @pids = map { my $n = $_; my $pid = fork // die; exit $n unless $pid; $pid } 1 .. 20;
my $sum = 0; for (@pids) { waitpid $_, 0; $sum += $? >> 8 }
print "forked $sum\n";
open my $sort, '-|', 'printf "3\n1\n2\n" | sort -n' or die; print "sorted ", join(' ', map { chomp; $_ } <$sort>), "\n"; close $sort;
pipe my $reader, my $writer or die;
if (!fork) { close $reader; print $writer "line $_\n" for 1 .. 1000; exit 0 } close $writer;
my $lines = () = <$reader>; wait; print "piped $lines\n";
my @seen; $SIG{$_} = sub { push @seen, shift } for qw(USR1 USR2 HUP);
kill $_, $$ for qw(USR1 USR2 HUP); print "signals @seen\n";
check(!defined eval { local $SIG{ALRM} = sub { die "late\n" }; ualarm 5000; select undef, undef, undef, 60; 1 }); print "alarm $@";
socketpair my $one, my $two, AF_UNIX, SOCK_STREAM, PF_UNSPEC or die;
if (!fork) { close $one; while (sysread $two, my $got, 100) { syswrite $two, uc $got } exit 0 } close $two;
for (qw(hello world)) { syswrite $one, $_; sysread $one, my $got, 100; print "$got\n" } close $one; wait;
my $path = "/tmp/corpus-perl.sock"; unlink $path;
my $server = IO::Socket::UNIX->new(Local => $path, Listen => 5) or die;
for my $n (1 .. 5) { next if fork; my $client = IO::Socket::UNIX->new(Peer => $path) or die; print $client "client $n\n"; $client->flush; check(<$client> eq "<client $n>\n"); exit 0 }
my ($select, $served) = (IO::Select->new($server), 0);
while ($served < 5) { for my $ready ($select->can_read(30)) { if ($ready == $server) { $select->add($server->accept) } else { my $line = <$ready>; chomp $line; print $ready "<$line>\n"; $ready->flush; $select->remove($ready); close $ready; ++$served } } }
my $good = 0; while (wait > 0) { ++$good if $? == 0 } unlink $path; print "served $good\n";
if (!fork) { POSIX::setsid(); exec 'sh', '-c', 'kill -9 $$' } wait; print "signal ", $? & 127, "\n";
my $start = time; sleep 0.01; check(time - $start >= 0.009);
my $queue = Thread::Queue->new(1 .. 100); $queue->end;
my @threads = map { threads->create(sub { for (1 .. 200) { lock $count; ++$count } my $own = 0; while (defined(my $n = $queue->dequeue)) { $own += $n } $own }) } 1 .. 6;
my $total = 0; $total += $_->join for @threads;
print "threads $count $total\n";
