// expect: AC
import std.algorithm, std.array, std.conv, std.range, std.stdio, std.string;

void main()
{
    auto k = readln().strip().to!size_t;
    int[string] counts;
    foreach (line; stdin.byLineCopy())
        foreach (word; line.split())
            counts[word]++;
    auto order = counts.keys;
    order.sort!((a, b) => counts[a] != counts[b] ? counts[a] > counts[b] : a < b);
    foreach (word; order.take(k))
        writeln(word, " ", counts[word]);
}
