// expect: RTE
using System;

class Program {
    static void Main() {
        object word = "word";
        Console.WriteLine((int)word);
    }
}
