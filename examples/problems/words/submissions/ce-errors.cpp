// expect: CE
// Each line of this makes a thousand lines of errors.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#define TWO(x) x x
#define MANY(x) TWO(TWO(TWO(TWO(TWO(TWO(TWO(TWO(TWO(TWO(x))))))))))

int main()
{
    std::map<std::vector<std::string>, std::map<std::string, std::vector<std::string>>> words;
    MANY(std::sort(words.begin(), words.end(), words); words << words; words + 1 << words;)
}
