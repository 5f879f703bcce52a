# expect: WA
# One word too few.
k, *words = $stdin.read.split
words.tally.sort_by { |word, count| [-count, word] }.first(k.to_i - 1).each { |word, count| puts "#{word} #{count}" }
