// expect: AC
// The best run is a prefix sum minus the smallest prefix sum before it.
#include <algorithm>
#include <iostream>
#include <vector>

int main()
{
    std::ios::sync_with_stdio(false);
    int n;
    std::cin >> n;
    std::vector<long long> prefix(n + 1);
    for (int i = 1; i <= n; i++) {
        std::cin >> prefix[i];
        prefix[i] += prefix[i - 1];
    }
    long long best = prefix[1], smallest = 0;
    for (int i = 1; i <= n; i++) {
        best = std::max(best, prefix[i] - smallest);
        smallest = std::min(smallest, prefix[i]);
    }
    std::cout << best << '\n';
}
