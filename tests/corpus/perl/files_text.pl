# Files, locks, directories, sorting, hashes, regular expressions, unicode, big numbers, closures, garbage, digests.
use strict; use warnings; use utf8; use open qw(:std :utf8); use Fcntl qw(:flock SEEK_SET); use File::Temp qw(tempdir); use File::Find; use File::Copy; use File::Path qw(make_path remove_tree);
use Math::BigInt; use Math::BigFloat; use Unicode::Normalize; use Digest::SHA qw(sha256_hex); use Storable qw(freeze thaw dclone); use List::Util qw(sum reduce shuffle); use Encode; use POSIX qw(strftime); use Scalar::Util qw(weaken); use JSON::PP;
sub check { die "line " . (caller)[2] unless $_[0] }
my $folder = tempdir(CLEANUP => 1); chdir $folder;
for my $n (0 .. 99) { open my $file, '>', "$n.txt" or die; print $file 'x' x $n }
make_path('a/b/c'); rename '7.txt', 'a/moved'; link '8.txt', 'hard'; symlink '8.txt', 'soft'; chmod 0600, 'hard'; utime 1000, 2000, 'hard';
my @stat = stat 'soft'; printf "%o %d %d %s\n", $stat[2] & 0777, $stat[3], $stat[9], readlink 'soft';
my $size = 0; find(sub { $size += -s if -f && !-l }, '.'); print "size $size\n";
copy('9.txt', 'copied'); check(-s 'copied' == 9);
open my $one, '>', 'lock' or die; open my $two, '<', 'lock' or die; flock $one, LOCK_EX or die; print 'locked ', flock($two, LOCK_EX | LOCK_NB) ? 0 : 1, "\n";
open my $data, '+>:raw', 'data' or die; truncate $data, 1 << 20; seek $data, 5000, SEEK_SET; print $data 'positioned'; seek $data, 5000, SEEK_SET; read $data, my $got, 10; print "$got\n";
chdir '/';
print length(Math::BigInt->new(1000)->bfac->bstr), ' ', Math::BigFloat->new(2)->bsqrt(50), "\n";
my $text = 'Žluťoučký kůň — 日本語 — 🎉'; print uc $text, ' ', length $text, ' ', length encode('UTF-8', $text), "\n";
(my $plain = NFD $text) =~ s/\p{Mn}//g; print substr($plain, 0, 13), "\n";
my $dates = '2024-05 and 1999-12'; $dates =~ s{(?<y>\d{4})-(?<m>\d\d)}{$+{m}/$+{y}}g; print "$dates\n";
my %counts; $counts{"word" . $_ * 7919 % 997}++ for 1 .. 200000; print scalar keys %counts, " $counts{word7}\n";
my @numbers = map { $_ * 48271 % 2147483647 } 1 .. 200000; my @sorted = sort { $a <=> $b } @numbers; check($sorted[$_ - 1] <= $sorted[$_]) for 1 .. $#sorted; print "sorted $sorted[0]\n";
for (1 .. 20) { my @nodes = map { { n => $_ } } 1 .. 5000; $nodes[$_]{next} = $nodes[$_ - 1] for 1 .. $#nodes; weaken($nodes[0]{self} = $nodes[0]) }
check(thaw(freeze({ a => [1, 2] }))->{a}[1] == 2 && dclone([[5]])->[0][0] == 5);
print sha256_hex('corpus') =~ /^(.{16})/, ' ', strftime('%F %T', gmtime 1700000000), ' ', JSON::PP->new->canonical->encode({ b => [1, undef], a => 'x' }), "\n";
check(!defined eval { die { code => 7 } } && $@->{code} == 7); my $n = 0; my $next = do { my $c = 10; sub { $c++ } }; $n += $next->() for 1 .. 5; print "closure $n ", (reduce { $a * $b } 1 .. 10), ' ', sum(map { $_ ** 2 } 1 .. 10), "\n";
