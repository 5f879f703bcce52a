<?php
// What contest programs do, and what hostile ones try; ../README.md has the list.
$seed = 42;
function following() { global $seed; return $seed = $seed * 48271 % 2147483647; }
function deep($n) { return $n == 0 ? 0 : 1 + deep($n - 1); }
function answer($made) { echo $made ? "made it\n" : "refused\n"; }

$topics = [
    'input' => function () {
        $n = (int) fgets(STDIN);
        $sum = $max = 0;
        for ($i = 0; $i < $n; $i++) {
            $v = (int) fgets(STDIN);
            $sum += $v;
            $max = max($max, $v);
        }
        echo "$n $sum $max\n";
    },
    'recursion' => function () { echo deep(100000), "\n"; },
    'exceptions' => function () {
        $count = 0;
        for ($i = 0; $i < 1000; $i++) {
            try {
                if ($i % 2) throw new RuntimeException('thrown');
                intdiv(1, 0);
            } catch (DivisionByZeroError | RuntimeException $e) {
                $count++;
            }
        }
        echo "$count\n";
    },
    'regex' => function () {
        preg_match_all('/[a-z]([0-9]+)/', str_repeat('a1 b22 c333 d4444 ', 100), $m);
        echo count($m[0]), ' ', array_sum(array_map('strlen', $m[1])), "\n";
    },
    'bignum' => function () {
        $d = [1];
        for ($i = 0; $i < 1000; $i++) {
            $carry = 0;
            foreach ($d as $k => $x) {
                $carry += 2 * $x;
                $d[$k] = $carry % 10;
                $carry = intdiv($carry, 10);
            }
            if ($carry) $d[] = $carry;
        }
        echo array_sum($d), "\n";
    },
    'timing' => function () {
        $begin = hrtime(true);
        usleep(20000);
        $took = hrtime(true) - $begin;
        echo $took >= 2e7 && $took < 6e10 && microtime(true) > 0 && date('Y') > 2000 ? "ok\n" : "wrong\n";
    },
    'random' => function () {
        $seen = [];
        for ($i = 0; $i < 1000; $i++) $seen[mt_rand(0, 99)] = random_int(0, 9);
        echo count($seen) > 50 ? "ok\n" : "wrong\n";
    },
    'sort' => function () {
        for ($i = 0; $i < 100000; $i++) $v[] = following();
        sort($v);
        echo "$v[0] $v[50000] $v[99999]\n";
    },
    'hash' => function () {
        $count = [];
        for ($i = 0; $i < 100000; $i++) { $k = following() % 1000; $count[$k] = ($count[$k] ?? 0) + 1; }
        echo count($count), ' ', max($count), "\n";
    },
    'output' => function () {
        for ($i = 1; $i <= 20000; $i++) {
            echo $i, "\n";
            if ($i % 1000 == 0) flush();
        }
    },
    'shell' => function () { answer(@shell_exec('echo escaped') !== null); },
    'socket' => function () { answer(@stream_socket_server('tcp://127.0.0.1:0') !== false); },
];
$topics[$argv[1]]();
