# What contest programs do, and what hostile ones try; ../README.md has the list.
$seed = 42
def following = $seed = $seed * 48271 % 2147483647

def deep(n) = n == 0 ? 0 : 1 + deep(n - 1)

def answer
  result = yield
  puts result.nil? ? 'refused' : 'made it'
rescue SystemCallError
  puts 'refused'
end

TOPICS = {
  'input' => lambda {
    n, *v = STDIN.read.split.map(&:to_i)
    puts "#{n} #{v.sum} #{v.max}"
  },
  'recursion' => -> { puts deep(100_000) },
  'threads' => lambda {
    lock = Mutex.new
    total = 0
    (0..3).map { |i| Thread.new { sum = (1..10_000).sum { |k| k * i }; lock.synchronize { total += sum } } }.each(&:join)
    puts total
  },
  'exceptions' => lambda {
    count = 0
    1000.times { |i| begin; i.even? ? 1 / 0 : raise('thrown'); rescue ZeroDivisionError, RuntimeError; count += 1; end }
    puts count
  },
  'regex' => lambda {
    found = ('a1 b22 c333 d4444 ' * 100).scan(/[a-z][0-9]+/)
    puts "#{found.size} #{found.sum { |m| m.size - 1 }}"
  },
  'bignum' => -> { puts((2**1000).digits.sum) },
  'timing' => lambda {
    start = Process.clock_gettime(Process::CLOCK_MONOTONIC)
    sleep 0.02
    took = Process.clock_gettime(Process::CLOCK_MONOTONIC) - start
    puts took >= 0.02 && took < 60 && Time.now.year > 2000 ? 'ok' : 'wrong'
  },
  'random' => lambda {
    require 'securerandom'
    puts Array.new(1000) { rand(100) }.uniq.size > 50 && SecureRandom.hex != SecureRandom.hex ? 'ok' : 'wrong'
  },
  'sort' => lambda {
    v = Array.new(100_000) { following }.sort
    puts "#{v[0]} #{v[50_000]} #{v[99_999]}"
  },
  'hash' => lambda {
    count = Hash.new(0)
    100_000.times { count[following % 1000] += 1 }
    puts "#{count.size} #{count.values.max}"
  },
  'output' => lambda {
    (1..20_000).each { |i| puts i; $stdout.flush if i % 1000 == 0 }
  },
  'fork' => -> { answer { fork { sleep 0.1 } } },
  'shell' => -> { answer { system('/bin/sh', '-c', 'echo escaped') } },
  'socket' => -> { require 'socket'; answer { TCPServer.new('127.0.0.1', 0) } }
}.freeze
TOPICS.fetch(ARGV[0]).call
