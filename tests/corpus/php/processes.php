<?php // proc_open, pcntl where it is there, sockets of a pair, unix servers, stream_select, signals, shared memory.
function check(bool $good): void { if (!$good) throw new LogicException('check'); }
echo 'shell ', shell_exec('echo $((6 * 7)) | tr 0-9 a-j');
exec('exit 3', $lines, $code); echo "exec $code\n";
$process = proc_open(['sort', '-n'], [['pipe', 'r'], ['pipe', 'w'], ['pipe', 'w']], $pipes);
for ($n = 0; $n < 1000; ++$n) fwrite($pipes[0], ($n * 7919 % 1000) . "\n");
fclose($pipes[0]); $sorted = array_map('intval', explode("\n", trim(stream_get_contents($pipes[1]))));
check($sorted === range(0, 999)); echo 'closed ', proc_close($process), "\n";
$process = proc_open('echo $COLOUR; pwd; exit 4', [1 => ['pipe', 'w']], $pipes, '/tmp', ['COLOUR' => 'blue', 'PATH' => getenv('PATH') ?: '/usr/bin:/bin']);
echo str_replace("\n", ' ', stream_get_contents($pipes[1])), proc_close($process), "\n";
[$one, $two] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
fwrite($one, "pair\n"); echo fgets($two);
$path = '/tmp/corpus-php.sock'; @unlink($path);
$server = stream_socket_server("unix://$path"); $children = [];
for ($n = 0; $n < 5; ++$n) {
    $pid = pcntl_fork(); check($pid >= 0);
    if ($pid === 0) { $client = stream_socket_client("unix://$path"); fwrite($client, "client $n\n"); posix_kill(posix_getpid(), fgets($client) === "<client $n>\n" ? SIGKILL : SIGTERM); sleep(60); }
    $children[] = $pid;
}
$clients = [];
for ($served = 0; $served < 5;) {
    $read = [$server, ...$clients]; $write = $except = null; check(stream_select($read, $write, $except, 30) > 0);
    foreach ($read as $ready) {
        if ($ready === $server) { $client = stream_socket_accept($server); $clients[(int) $client] = $client; continue; }
        fwrite($ready, '<' . trim(fgets($ready)) . ">\n"); unset($clients[(int) $ready]); $kept[] = $ready; ++$served;
    }
}
$killed = 0; foreach ($children as $pid) { pcntl_waitpid($pid, $status); $killed += pcntl_wifsignaled($status) && pcntl_wtermsig($status) === SIGKILL; }
unlink($path); echo "served $killed\n";
pcntl_async_signals(true); $seen = [];
foreach ([SIGUSR1, SIGHUP, SIGALRM] as $signal) pcntl_signal($signal, function (int $n) use (&$seen) { $seen[] = $n; });
posix_kill(posix_getpid(), SIGUSR1); posix_kill(posix_getpid(), SIGHUP); pcntl_alarm(1); while (count($seen) < 3) usleep(2000);
echo 'signals ', implode(' ', $seen), "\n";
$semaphore = sem_get(ftok(__FILE__, 'c')); $memory = shm_attach(ftok(__FILE__, 'm'), 1000); shm_put_var($memory, 1, 0); $children = [];
for ($n = 0; $n < 4; ++$n) { if (($pid = pcntl_fork()) === 0) { for ($i = 0; $i < 50; ++$i) { sem_acquire($semaphore); shm_put_var($memory, 1, shm_get_var($memory, 1) + 1); sem_release($semaphore); } exit(0); } $children[] = $pid; }
foreach ($children as $pid) pcntl_waitpid($pid, $status);
echo 'shared ', shm_get_var($memory, 1), "\n"; shm_remove($memory); sem_remove($semaphore);
