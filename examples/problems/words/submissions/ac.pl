# expect: AC
use strict;
use warnings;

my $k = <STDIN>;
my %count;
while (<STDIN>) {
    $count{$_}++ for split;
}
my @order = sort { $count{$b} <=> $count{$a} || $a cmp $b } keys %count;
splice @order, $k if @order > $k;
print "$_ $count{$_}\n" for @order;
