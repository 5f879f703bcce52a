# expect: AC
$stdout.sync = true
low, high = 1, gets.to_i
loop do
  middle = (low + high) / 2
  puts middle
  answer = gets.strip
  break if answer == "correct"
  answer == "higher" ? low = middle + 1 : high = middle - 1
end
