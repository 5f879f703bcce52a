<?php // expect: AC
$words = preg_split('/\s+/', stream_get_contents(STDIN), -1, PREG_SPLIT_NO_EMPTY);
$k = (int)array_shift($words);
$counts = array_count_values($words);
uksort($counts, fn($a, $b) => $counts[$b] <=> $counts[$a] ?: strcmp($a, $b));
foreach (array_slice($counts, 0, $k) as $word => $count) {
    echo "$word $count\n";
}
