# Threads, mutexes, queues, ractors, fibers, timeouts, conditions, errors in threads.
require 'monitor'; require 'timeout'
def check(good) = good || raise('check')
count, mutex = 0, Mutex.new
40.times.map { Thread.new { 200.times { mutex.synchronize { count += 1 } } } }.each(&:join)
puts "guarded #{count}"
queue, results = SizedQueue.new(4), Queue.new
workers = 4.times.map { Thread.new { while (n = queue.pop) do results << n * n end } }
500.times { |n| queue << n }; queue.close; workers.each(&:join)
puts "queue #{results.size.times.sum { results.pop }}"
turn, lock, changed = 0, Mutex.new, ConditionVariable.new
3.times.map { |own| Thread.new { 30.times { lock.synchronize { changed.wait(lock) until turn % 3 == own; turn += 1; changed.broadcast } } } }.each(&:join)
puts "turns #{turn}"
$VERBOSE = nil
puts "ractors #{4.times.map { |n| Ractor.new(n) { |k| (0..20000).sum { |i| i * k } } }.sum(&:take)}"
fiber = Fiber.new { |n| loop { n = Fiber.yield(n * 2) } }
puts "fiber #{[1, 2, 3].map { |n| fiber.resume(n) }.inspect}"
numbers = Enumerator.new { |y| a, b = 0, 1; loop { y << a; a, b = b, a + b } }
puts "lazy #{numbers.lazy.select(&:even?).first(10).last} #{numbers.next}"
begin; Timeout.timeout(0.02) { sleep 60 }; rescue Timeout::Error; puts 'timeout'; end
thread = Thread.new { Thread.current.report_on_exception = false; raise ArgumentError, 'in a thread' }
begin; thread.join; rescue ArgumentError => e; puts e.message; end
check(Thread.new { Thread.current[:own] = 1; Thread.current[:own] }.value == 1 && Thread.main == Thread.current)
sleeper = Thread.new { sleep }; sleeper.kill; sleeper.join; puts "alive #{sleeper.alive?}"
