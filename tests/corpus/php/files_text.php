<?php // Files, locks, generators, fibers, sorting, regular expressions, hashes, garbage, dates, errors, compression.
declare(strict_types=1);
function check(bool $good): void { if (!$good) throw new LogicException('check'); }
$folder = sys_get_temp_dir() . '/corpus-' . getmypid(); mkdir("$folder/a/b", 0755, true); chdir($folder);
for ($n = 0; $n < 100; ++$n) file_put_contents("$n.txt", str_repeat('x', $n));
rename('7.txt', 'a/ž日本🎉'); link('8.txt', 'hard'); symlink('8.txt', 'soft'); chmod('hard', 0600); touch('hard', 2000);
printf("%o %d %d %s %s\n", fileperms('soft') & 0777, stat('soft')['nlink'], filemtime('soft'), readlink('soft'), implode(',', scandir('a')));
$size = 0; foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator('.', FilesystemIterator::SKIP_DOTS)) as $file) if (!$file->isLink()) $size += $file->getSize();
echo "size $size ", count(glob('*7.txt')), "\n";
$one = fopen('lock', 'w'); $two = fopen('lock', 'r'); check(flock($one, LOCK_EX)); echo 'locked ', (int) !flock($two, LOCK_EX | LOCK_NB), "\n"; flock($one, LOCK_UN);
$temporary = tmpfile(); fwrite($temporary, str_repeat('line ž' . "\n", 20000)); rewind($temporary); for ($lines = 0; fgets($temporary) !== false; ++$lines); echo "lines $lines\n";
chdir('/'); exec('rm -r ' . escapeshellarg($folder));
function numbers(int $to): Generator { for ($n = 0; $n < $to; ++$n) yield $n; return 'done'; }
$sum = 0; foreach ($generator = numbers(100000) as $n) $sum += $n; echo "generated $sum ", $generator->getReturn(), "\n";
$fiber = new Fiber(function (int $start): string { for ($n = $start;;) { $got = Fiber::suspend($n * 2); if ($got === null) return 'ended'; $n = $got; } });
$out = [$fiber->start(1)]; foreach ([2, 3, null] as $n) $out[] = $fiber->resume($n); echo implode(' ', array_filter($out)), ' ', $fiber->getReturn(), "\n";
mt_srand(5); $numbers = []; for ($n = 0; $n < 200000; ++$n) $numbers[] = mt_rand(); sort($numbers); for ($n = 1; $n < 200000; ++$n) check($numbers[$n - 1] <= $numbers[$n]);
$counts = []; for ($n = 0; $n < 300000; ++$n) { $word = 'word' . $n * 7919 % 997; $counts[$word] = ($counts[$word] ?? 0) + 1; } echo count($counts), ' ', $counts['word7'], "\n";
class Node { public ?Node $next = null; public static int $gone = 0; public function __construct(public int $n) {} public function __destruct() { ++self::$gone; } }
for ($n = 0; $n < 30000; ++$n) { $node = new Node($n); $node->next = new Node($n); $node->next->next = $node; } $node = null; gc_collect_cycles(); echo 'gone ', Node::$gone, "\n";
function fibonacci(int $n): int { return $n < 2 ? $n : fibonacci($n - 1) + fibonacci($n - 2); } echo 'fibonacci ', fibonacci(24), "\n";
echo preg_replace('/(?<y>\d{4})-(?<m>\d\d)/', '$2/$1', '2024-05 and 1999-12'), ' ', preg_match_all('/\b\p{L}+7\b/u', str_repeat('ž7 x8 ', 1000)), "\n";
echo strlen('žluť'), ' ', iconv_strlen('žluť', 'UTF-8'), ' ', iconv('UTF-8', 'ISO-8859-2', 'ž') === "\xbe" ? 'iso' : '', ' ', json_encode(['ž' => [1, null, 0.5]], JSON_UNESCAPED_UNICODE), "\n";
echo substr(hash('sha256', 'corpus'), 0, 16), ' ', crc32('corpus'), ' ', strlen(random_bytes(16)), ' ', (int) password_verify('word', password_hash('word', PASSWORD_BCRYPT, ['cost' => 4])), "\n";
$text = str_repeat('compressible ', 5000); check(gzuncompress(gzcompress($text)) === $text && strlen(gzcompress($text)) < 500 && unserialize(serialize([1, 'a' => new ArrayObject([2])]))['a'][0] === 2);
echo (new DateTimeImmutable('2024-02-29 12:00', new DateTimeZone('Europe/Prague')))->setTimezone(new DateTimeZone('UTC'))->modify('+1 year')->format(DATE_ATOM), "\n";
try { intdiv(1, 0); } catch (DivisionByZeroError $e) { echo get_class($e), "\n"; } finally { echo "finally\n"; }
set_error_handler(fn(int $n, string $text) => throw new ErrorException($text)); try { echo [][1]; } catch (ErrorException $e) { echo $e->getMessage(), "\n"; }
$start = hrtime(true); usleep(5000); check(hrtime(true) - $start >= 5_000_000);
