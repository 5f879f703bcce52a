# expect: TLE
# A pattern that tries everything.
my $text = "a" x 40;
print "never\n" if $text =~ /^(a|aa|a?)+(b)\1$/ || ("$text!" =~ /^(([a-z])+.)+[A-Z]([a-z])+$/);
1 while 1;
