// expect: AC
using System;
using System.Collections.Generic;

class Program {
    static void Main() {
        int k = int.Parse(Console.ReadLine());
        var counts = new Dictionary<string, int>();
        string line;
        while ((line = Console.ReadLine()) != null)
            foreach (string word in line.Split(new[] {' '}, StringSplitOptions.RemoveEmptyEntries)) {
                int count;
                counts.TryGetValue(word, out count);
                counts[word] = count + 1;
            }
        var order = new List<string>(counts.Keys);
        order.Sort((a, b) => counts[a] != counts[b] ? counts[b] - counts[a] : string.CompareOrdinal(a, b));
        for (int i = 0; i < order.Count && i < k; i++)
            Console.Write(order[i] + " " + counts[order[i]] + "\n");
    }
}
