# Files, big integers, rationals, regular expressions, unicode, sorting, garbage, marshal, digests, compression.
require 'tmpdir'; require 'fileutils'; require 'tempfile'; require 'bigdecimal'; require 'digest'; require 'zlib'; require 'json'; require 'set'; require 'time'; require 'objspace'; require 'weakref'
def check(good) = good || raise('check')
Dir.mktmpdir do |folder|
  Dir.chdir(folder) do
    100.times { |n| File.write("#{n}.txt", 'x' * n) }
    FileUtils.mkdir_p('a/b'); File.rename('7.txt', 'a/ž日本🎉'); File.link('8.txt', 'hard'); File.symlink('8.txt', 'soft'); File.chmod(0o600, 'hard'); File.utime(1000, 2000, 'hard')
    s = File.stat('soft'); puts format('%o %d %d %s %s', s.mode & 0o777, s.nlink, s.mtime.to_i, File.readlink('soft'), Dir.children('a').sort.join(','))
    puts "size #{Dir.glob('**/*').select { |f| File.file?(f) && !File.symlink?(f) }.sum { |f| File.size(f) }}"
    File.open('lock', 'w') { |one| one.flock(File::LOCK_EX); File.open('lock') { |two| puts "locked #{two.flock(File::LOCK_EX | File::LOCK_NB).inspect}" } }
    File.open('data', 'w+b') { |f| f.truncate(1 << 20); f.pwrite('positioned', 5000); puts f.pread(10, 5000); f.fsync }
    Tempfile.create { |f| 20000.times { |n| f.puts n }; f.rewind; puts "lines #{f.each_line.count}" }
    IO.copy_stream('99.txt', 'copied'); check(File.size('copied') == 99)
  end
end
factorial = (1..2000).inject(:*); puts "#{factorial.to_s.size} #{factorial.digits.sum} #{3.pow(10**40, 10**9 + 7)} #{Rational(1, 3) + 1/6r} #{Complex(0, 1)**2}"
puts BigDecimal(2).sqrt(40).round(40).to_s('F')
text = 'Žluťoučký kůň — 日本語 — 🎉'; puts "#{text.upcase} #{text.size} #{text.bytesize} #{text.unicode_normalize(:nfd).gsub(/\p{Mn}/, '')[0, 13]} #{text.encode('UTF-16LE').bytesize} #{"\xff".valid_encoding?}"
puts '2024-05 and 1999-12'.gsub(/(?<y>\d{4})-(?<m>\d\d)/, '\k<m>/\k<y>'), ('word7 ž7 x8 ' * 2000).scan(/\b\p{L}+7\b/).size
numbers = Array.new(200_000) { |n| n * 48271 % 2147483647 }
check(numbers.sort.each_cons(2).all? { |a, b| a <= b })
words = 200_000.times.map { |n| "word#{n * 7919 % 997}" }.tally; puts "#{words.size} #{words['word7']} #{words.keys.min}"
20.times { 20000.times.map { |n| { n: [n] } } ; GC.start }; check(GC.count > 0 && ObjectSpace.memsize_of('x' * 1000) > 1000)
blocks = 30.times.sum { |n| ('x' * (8 << 20)).size }; puts "blocks #{blocks}"
deep = ->(n) { n.zero? ? 0 : 1 + deep.(n - 1) }; puts "deep #{deep.(2000)}"
def endless = endless + 1
begin; endless; rescue SystemStackError; puts 'stack'; end
check(Marshal.load(Marshal.dump({ a: [1, 2.5, nil], s: Set[1] })) == { a: [1, 2.5, nil], s: Set[1] } && JSON.parse(JSON.generate('ž' => [1, nil])) == { 'ž' => [1, nil] })
check(Zlib::Inflate.inflate(Zlib::Deflate.deflate('compressible ' * 5000)) == 'compressible ' * 5000)
puts "#{Digest::SHA256.hexdigest('corpus')[0, 16]} #{Time.at(1_700_000_000).utc.iso8601} #{catch(:out) { 5.times { |n| throw :out, n if n == 3 } }} #{Random.new(42).rand(1000)}"
begin; begin; Integer('x'); rescue ArgumentError; raise KeyError, 'second'; end; rescue KeyError => e; puts "#{e.message} from #{e.cause.class}"; ensure puts 'ensured';; end
