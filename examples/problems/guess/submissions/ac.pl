# expect: AC
$| = 1;
my ($low, $high) = (1, scalar <STDIN>);
while (1) {
    my $middle = int(($low + $high) / 2);
    print "$middle\n";
    my $answer = <STDIN>;
    last if $answer =~ /correct/;
    ($low, $high) = $answer =~ /higher/ ? ($middle + 1, $high) : ($low, $middle - 1);
}
