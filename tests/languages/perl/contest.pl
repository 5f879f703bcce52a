# What contest programs do, and what hostile ones try; ../README.md has the list.
use strict;
use warnings;

my $seed = 42;
sub following { return $seed = $seed * 48271 % 2147483647 }

sub deep { no warnings 'recursion'; my $n = shift; return $n == 0 ? 0 : 1 + deep($n - 1) }

sub answer { print $_[0] ? "made it\n" : "refused\n" }

my %topics = (
    input => sub {
        my $n = <STDIN>;
        my ($sum, $max) = (0, 0);
        for (1 .. $n) {
            my $v = <STDIN>;
            $sum += $v;
            $max = $v + 0 if $v > $max;
        }
        print $n + 0, " $sum $max\n";
    },
    recursion => sub { print deep(100000), "\n" },
    threads => sub {
        require threads;
        my $total = 0;
        my @all = map { my $i = $_; threads->create(sub { my $sum = 0; $sum += $_ * $i for 1 .. 10000; return $sum }) } 0 .. 3;
        $total += $_->join for @all;
        print "$total\n";
    },
    exceptions => sub {
        my $count = 0;
        for my $i (1 .. 1000) { eval { die "thrown\n" if $i % 2; my $x = 1 / ($i - $i); 1 } or $count++ }
        print "$count\n";
    },
    regex => sub {
        my ($count, $digits) = (0, 0);
        my $text = 'a1 b22 c333 d4444 ' x 100;
        while ($text =~ /[a-z]([0-9]+)/g) { $count++; $digits += length $1 }
        print "$count $digits\n";
    },
    bignum => sub {
        require Math::BigInt;
        my $sum = 0;
        $sum += $_ for split //, Math::BigInt->new(2)->bpow(1000)->bstr;
        print "$sum\n";
    },
    timing => sub {
        require Time::HiRes;
        my $begin = Time::HiRes::clock_gettime(Time::HiRes::CLOCK_MONOTONIC());
        Time::HiRes::usleep(20000);
        my $took = Time::HiRes::clock_gettime(Time::HiRes::CLOCK_MONOTONIC()) - $begin;
        my ($user) = times;
        print $took >= 0.02 && $took < 60 && $user >= 0 && localtime() ? "ok\n" : "wrong\n";
    },
    random => sub {
        my %seen;
        $seen{int rand 100}++ for 1 .. 1000;
        print keys %seen > 50 ? "ok\n" : "wrong\n";
    },
    sort => sub {
        my @v = sort { $a <=> $b } map { following() } 1 .. 100000;
        print "$v[0] $v[50000] $v[99999]\n";
    },
    hash => sub {
        my %count;
        my $most = 0;
        for (1 .. 100000) { my $c = ++$count{following() % 1000}; $most = $c if $c > $most }
        print scalar(keys %count), " $most\n";
    },
    output => sub {
        require IO::Handle;
        for (1 .. 20000) { print "$_\n"; STDOUT->flush if $_ % 1000 == 0 }
    },
    fork => sub { answer(defined fork) },
    shell => sub { answer(system('/bin/sh', '-c', 'echo escaped') != -1) },
    socket => sub { socket(my $s, 2, 1, 0) ? answer(1) : answer(0) },
    ptrace => sub { answer(syscall(101, 16, getppid(), 0, 0) != -1) },
);
$topics{$ARGV[0]}->();
