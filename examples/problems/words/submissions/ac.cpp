// expect: AC
#include <algorithm>
#include <iostream>
#include <string>
#include <unordered_map>
#include <vector>

int main()
{
    std::ios::sync_with_stdio(false);
    std::size_t k;
    std::cin >> k;
    std::unordered_map<std::string, int> counts;
    for (std::string word; std::cin >> word;)
        ++counts[word];
    std::vector<std::pair<int, std::string>> order;
    for (const auto &[word, count] : counts)
        order.emplace_back(-count, word);
    std::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < order.size() && i < k; i++)
        std::cout << order[i].second << ' ' << -order[i].first << '\n';
}
