// expect: TLE
// Thinks for ever about the second guess.
#include <iostream>
#include <string>

int main()
{
    std::string word;
    std::cin >> word;
    std::cout << 0 << std::endl;
    std::cin >> word;
    for (volatile unsigned long i = 0;; i++)
        ;
}
