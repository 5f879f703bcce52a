# expect: AC
k, *words = $stdin.read.split
words.tally.sort_by { |word, count| [-count, word] }.first(k.to_i).each { |word, count| puts "#{word} #{count}" }
