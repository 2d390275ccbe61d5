# fork, spawn, pipes, signals, unix sockets, select, open3.
require 'open3'; require 'socket'; require 'tmpdir'; require 'etc'
def check(good) = good || raise('check')
$stdout.sync = true
puts "shell #{`echo $((6 * 7)) | tr 0-9 a-j`}"
out, status = Open3.capture2('sort -n', stdin_data: (0...1000).map { |n| n * 7919 % 1000 }.join("\n"))
check(out.split.map(&:to_i) == (0...1000).to_a && status.success?)
puts "statuses #{20.times.map { |n| fork { exit! n } }.sum { |pid| Process.wait2(pid)[1].exitstatus }}"
puts "pipeline #{Open3.pipeline_r('seq 1000', 'grep 7', 'wc -l') { |o, _| o.read.to_i }}"
pid = spawn({ 'COLOUR' => 'blue' }, 'echo $COLOUR; pwd', chdir: '/tmp'); Process.wait(pid)
reader, writer = IO.pipe
fork { reader.close; 1000.times { |n| writer.puts n }; exit! 0 }; writer.close
puts "piped #{reader.sum(&:to_i)}"; Process.wait
seen = []; %w[USR1 USR2 HUP].each { |s| trap(s) { seen << s } }
%w[USR1 USR2 HUP].each { |s| Process.kill(s, $$); sleep 0.001 until seen.include?(s) }
puts seen.join(' ')
pid = spawn('sleep 60', pgroup: true); Process.kill(:TERM, -pid); puts "signal #{Process.wait2(pid)[1].termsig}"
Dir.mktmpdir do |folder|
  server = UNIXServer.new("#{folder}/s")
  serving = Thread.new { 10.times.map { Thread.new(server.accept) { |c| while (line = c.gets) do c.puts "<#{line.chomp}>" end; c.close } }.each(&:join) }
  good = 10.times.map { |n| Thread.new { UNIXSocket.open("#{folder}/s") { |c| 10.times.all? { |i| c.puts "ž #{n} #{i}"; c.gets.force_encoding("UTF-8") == "<ž #{n} #{i}>\n" } } } }.count(&:value)
  serving.join; check(good == 10); puts "clients #{good}"
end
one, two = UNIXSocket.pair; r, w = IO.pipe; one.send_io(w); two.recv_io.tap { |io| io.write 'passed'; io.close }; w.close; puts r.read
check(IO.select([one], nil, nil, 0.01).nil?); two.write 'x'; check(IO.select([one], nil, nil, 10)[0] == [one])
begin; TCPSocket.new('127.0.0.1', 9); rescue SystemCallError; puts 'no network'; end
begin; exec '/no/such'; rescue Errno::ENOENT; puts 'missing'; end
check(Process.clock_gettime(Process::CLOCK_MONOTONIC) > 0 && Etc.nprocessors >= 1 && Process.getrlimit(:NOFILE)[0] > 0)
at_exit { puts 'goodbye' }
