// What contest programs do, and what hostile ones try; ../README.md has the list.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

static class Contest
{
    static long seed = 42;
    static long Next() { return seed = seed * 48271 % 2147483647; }

    static void Input()
    {
        var input = new StreamReader(Console.OpenStandardInput());
        long n = long.Parse(input.ReadLine()), sum = 0, max = 0;
        for (long i = 0; i < n; i++)
        {
            long v = long.Parse(input.ReadLine());
            sum += v;
            max = Math.Max(max, v);
        }
        Console.WriteLine("{0} {1} {2}", n, sum, max);
    }

    static int Deep(int n) { return n == 0 ? 0 : 1 + Deep(n - 1); }
    static void Recursion()
    {
        var t = new Thread(() => Console.WriteLine(Deep(100000)), 256 << 20);
        t.Start();
        t.Join();
    }

    static void Threads()
    {
        long total = 0;
        Parallel.For(0, 4, i =>
        {
            long sum = 0;
            for (long k = 1; k <= 10000; k++) sum += k * i;
            Interlocked.Add(ref total, sum);
        });
        Console.WriteLine(total);
    }

    static void Exceptions()
    {
        int count = 0;
        for (int i = 0; i < 1000; i++)
            try
            {
                string s = i % 2 == 0 ? null : "";
                s.Substring(i + 1);
            }
            catch (NullReferenceException) { count++; }
            catch (ArgumentOutOfRangeException) { count++; }
        Console.WriteLine(count);
    }

    static void Regexes()
    {
        var text = string.Concat(Enumerable.Repeat("a1 b22 c333 d4444 ", 100));
        var found = Regex.Matches(text, "[a-z][0-9]+").Cast<Match>().ToList();
        Console.WriteLine("{0} {1}", found.Count, found.Sum(m => m.Length - 1));
    }

    static void Bignum()
    {
        var d = new List<int> { 1 };
        for (int i = 0; i < 1000; i++)
        {
            int carry = 0;
            for (int j = 0; j < d.Count; j++)
            {
                carry += 2 * d[j];
                d[j] = carry % 10;
                carry /= 10;
            }
            if (carry > 0) d.Add(carry);
        }
        Console.WriteLine(d.Sum());
    }

    static void Timing()
    {
        var watch = Stopwatch.StartNew();
        Thread.Sleep(20);
        var took = watch.ElapsedMilliseconds;
        Console.WriteLine(took >= 19 && took < 60000 && DateTime.Now.Year > 2000 ? "ok" : "wrong");
    }

    static void Randoms()
    {
        var r = new Random();
        var seen = new HashSet<int>();
        for (int i = 0; i < 1000; i++) seen.Add(r.Next(100));
        Console.WriteLine(seen.Count > 50 && Guid.NewGuid() != Guid.NewGuid() ? "ok" : "wrong");
    }

    static void Sort()
    {
        var v = new long[100000];
        for (int i = 0; i < v.Length; i++) v[i] = Next();
        Array.Sort(v);
        Console.WriteLine("{0} {1} {2}", v[0], v[50000], v[99999]);
    }

    static void Hash()
    {
        var count = new Dictionary<long, int>();
        for (int i = 0; i < 100000; i++)
        {
            long key = Next() % 1000;
            int c;
            count.TryGetValue(key, out c);
            count[key] = c + 1;
        }
        Console.WriteLine("{0} {1}", count.Count, count.Values.Max());
    }

    static void Output()
    {
        var output = new StreamWriter(Console.OpenStandardOutput());
        for (int i = 1; i <= 20000; i++)
        {
            output.Write("{0}\n", i);
            if (i % 1000 == 0) output.Flush();
        }
        output.Flush();
    }

    static void Answer(Action attempt)
    {
        try
        {
            attempt();
            Console.WriteLine("made it");
        }
        catch (Exception) { Console.WriteLine("refused"); }
    }

    static int Main(string[] args)
    {
        switch (args[0])
        {
            case "input": Input(); break;
            case "recursion": Recursion(); break;
            case "threads": Threads(); break;
            case "exceptions": Exceptions(); break;
            case "regex": Regexes(); break;
            case "bignum": Bignum(); break;
            case "timing": Timing(); break;
            case "random": Randoms(); break;
            case "sort": Sort(); break;
            case "hash": Hash(); break;
            case "output": Output(); break;
            case "shell": Answer(() => Process.Start("/bin/sh", "-c \"echo escaped\"").WaitForExit()); break;
            case "socket": Answer(() => new TcpListener(IPAddress.Loopback, 0).Start()); break;
            default: return 2;
        }
        return 0;
    }
}
