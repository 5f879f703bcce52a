// expect: MLE
// A vector that grows until new throws std::bad_alloc, which nobody catches.
#include <iostream>
#include <vector>

int main()
{
    std::vector<long long> sums;
    for (long long i = 0; i < 1000000000; i++)
        sums.push_back(i);
    std::cout << sums.back() << '\n';
}
