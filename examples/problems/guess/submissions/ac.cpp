// expect: AC
#include <iostream>
#include <string>

int main()
{
    long low = 1, high;
    std::cin >> high;
    for (std::string answer; answer != "correct";) {
        long middle = (low + high) / 2;
        std::cout << middle << std::endl;
        std::cin >> answer;
        (answer == "higher" ? low : high) = answer == "higher" ? middle + 1 : middle - 1;
    }
}
