// expect: TLE
// A number of the fourth test does not fit into an int: the stream fails, never reaches its end, and the loop has none.
#include <algorithm>
#include <iostream>

int main()
{
    int n, x;
    long long ending = 0, best = -1000000000000;
    std::cin >> n >> x;
    while (!std::cin.eof()) {
        ending = std::max(ending, 0LL) + x;
        best = std::max(best, ending);
        std::cin >> x;
    }
    std::cout << best << '\n';
}
