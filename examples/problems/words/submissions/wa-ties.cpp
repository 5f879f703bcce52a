// expect: WA
// Words that occur equally often come out the other way round.
#include <algorithm>
#include <iostream>
#include <map>
#include <vector>

int main()
{
    std::size_t k;
    std::cin >> k;
    std::map<std::string, int> counts;
    for (std::string word; std::cin >> word;)
        ++counts[word];
    std::vector<std::pair<int, std::string>> order;
    for (const auto &[word, count] : counts)
        order.emplace_back(count, word);
    std::sort(order.rbegin(), order.rend());
    for (std::size_t i = 0; i < order.size() && i < k; i++)
        std::cout << order[i].second << ' ' << order[i].first << '\n';
}
