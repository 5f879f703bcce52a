// What contest programs do, and what hostile ones try; ../README.md has the list.
import core.thread, core.time;
import std.algorithm, std.array, std.bigint, std.conv, std.process, std.random, std.range, std.regex, std.socket, std.stdio;

ulong seed = 42;
ulong next() { return seed = seed * 48271 % 2147483647; }

void input()
{
    long n, sum, max;
    readf!" %d"(n);
    foreach (i; 0 .. n)
    {
        long v;
        readf!" %d"(v);
        sum += v;
        if (v > max) max = v;
    }
    writeln(n, " ", sum, " ", max);
}

pragma(inline, false) int deep(int n) { return n == 0 ? 0 : 1 + deep(n - 1); }

__gshared long total;
void threads()
{
    static class Adder : Thread
    {
        long factor;
        this(long f) { factor = f; super(&run); }
        void run()
        {
            long sum;
            foreach (k; 1 .. 10001) sum += k * factor;
            synchronized total += sum;
        }
    }
    Thread[] all;
    foreach (i; 0 .. 4) all ~= new Adder(i).start();
    foreach (t; all) t.join();
    writeln(total);
}

void exceptions()
{
    int count;
    foreach (i; 0 .. 1000)
        try
        {
            if (i % 2) throw new Exception("thrown");
            "x".to!int;
        }
        catch (Exception e) count++;
    writeln(count);
}

void regular()
{
    long count, digits;
    foreach (m; matchAll("a1 b22 c333 d4444 ".replicate(100), regex("[a-z][0-9]+")))
    {
        count++;
        digits += m.hit.length - 1;
    }
    writeln(count, " ", digits);
}

void bignum()
{
    writeln((BigInt(2) ^^ 1000).toDecimalString.map!(c => c - '0').sum);
}

void timing()
{
    auto begin = MonoTime.currTime;
    Thread.sleep(20.msecs);
    auto took = MonoTime.currTime - begin;
    writeln(took >= 20.msecs && took < 60.seconds ? "ok" : "wrong");
}

void random()
{
    bool[int] seen;
    auto generator = Random(unpredictableSeed);
    foreach (i; 0 .. 1000) seen[uniform(0, 100, generator)] = true;
    writeln(seen.length > 50 ? "ok" : "wrong");
}

void sorted()
{
    auto v = generate!next.take(100000).array;
    v.sort();
    writeln(v[0], " ", v[50000], " ", v[99999]);
}

void hash()
{
    int[ulong] count;
    foreach (i; 0 .. 100000) count[next() % 1000]++;
    writeln(count.length, " ", count.values.maxElement);
}

void output()
{
    foreach (i; 1 .. 20001)
    {
        writeln(i);
        if (i % 1000 == 0) stdout.flush();
    }
}

void answer(void delegate() attempt)
{
    try
    {
        attempt();
        writeln("made it");
    }
    catch (Exception e) writeln("refused");
}

int main(string[] args)
{
    switch (args.length > 1 ? args[1] : "")
    {
        case "input": input(); break;
        case "recursion": writeln(deep(100000)); break;
        case "threads": threads(); break;
        case "exceptions": exceptions(); break;
        case "regex": regular(); break;
        case "bignum": bignum(); break;
        case "timing": timing(); break;
        case "random": random(); break;
        case "sort": sorted(); break;
        case "hash": hash(); break;
        case "output": output(); break;
        case "shell": answer({ executeShell("echo escaped"); }); break;
        case "socket": answer({ new TcpSocket(AddressFamily.INET); }); break;
        default: return 2;
    }
    return 0;
}
