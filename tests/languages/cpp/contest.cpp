// What contest programs do, and what hostile ones try; ../README.md has the list.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <future>
#include <iostream>
#include <map>
#include <mutex>
#include <random>
#include <regex>
#include <stdexcept>
#include <string>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <unordered_map>
#include <vector>

static std::uint64_t seed = 42;
static std::uint64_t next() { return seed = seed * 48271 % 2147483647; }

static void input()
{
    std::ios::sync_with_stdio(false);
    std::cin.tie(nullptr);
    long n, v, sum = 0, max = 0;
    std::cin >> n;
    for (long i = 0; i < n && std::cin >> v; i++) {
        sum += v;
        max = std::max(max, v);
    }
    std::cout << n << ' ' << sum << ' ' << max << '\n';
}

static int deep(volatile int n) { return n == 0 ? 0 : 1 + deep(n - 1); }

static void threads()
{
    std::mutex lock;
    long total = 0;
    std::vector<std::thread> all;
    for (long i = 0; i < 2; i++)
        all.emplace_back([&, i] {
            for (long k = 1; k <= 10000; k++) {
                std::lock_guard<std::mutex> hold(lock);
                total += k * i;
            }
        });
    std::vector<std::future<long>> futures;
    for (long i = 2; i < 4; i++)
        futures.push_back(std::async(std::launch::async, [i] {
            long sum = 0;
            for (long k = 1; k <= 10000; k++)
                sum += k * i;
            return sum;
        }));
    for (auto &t : all)
        t.join();
    for (auto &f : futures)
        total += f.get();
    std::cout << total << '\n';
}

static void exceptions()
{
    int count = 0;
    for (int i = 0; i < 1000; i++)
        try {
            std::vector<int>(1).at(static_cast<std::size_t>(i + 1)) = 0;
        } catch (const std::out_of_range &) {
            count++;
        }
    std::cout << count << '\n';
}

static void regular()
{
    std::string text;
    for (int i = 0; i < 100; i++)
        text += "a1 b22 c333 d4444 ";
    const std::regex re("[a-z][0-9]+");
    long count = 0, digits = 0;
    for (std::sregex_iterator i(text.begin(), text.end(), re), end; i != end; ++i) {
        count++;
        digits += static_cast<long>(i->length()) - 1;
    }
    std::cout << count << ' ' << digits << '\n';
}

static void bignum()
{
    std::vector<int> d{1};
    for (int i = 0; i < 1000; i++) {
        int carry = 0;
        for (int &x : d) {
            carry += 2 * x;
            x = carry % 10;
            carry /= 10;
        }
        if (carry)
            d.push_back(carry);
    }
    int sum = 0;
    for (int x : d)
        sum += x;
    std::cout << sum << '\n';
}

static void timing()
{
    using namespace std::chrono;
    auto begin = steady_clock::now();
    std::this_thread::sleep_for(milliseconds(20));
    auto took = steady_clock::now() - begin;
    std::cout << (took >= milliseconds(20) && took < seconds(60) && std::clock() >= 0 ? "ok" : "wrong") << '\n';
}

static void random_numbers()
{
    std::random_device device;
    std::mt19937_64 generator(device());
    std::uniform_int_distribution<int> upTo(0, 99);
    std::map<int, int> seen;
    for (int i = 0; i < 1000; i++)
        seen[upTo(generator)]++;
    std::cout << (seen.size() > 50 && seen.rbegin()->first < 100 ? "ok" : "wrong") << '\n';
}

static void sort()
{
    std::vector<std::uint64_t> v(100000);
    std::generate(v.begin(), v.end(), next);
    std::sort(v.begin(), v.end());
    std::cout << v[0] << ' ' << v[50000] << ' ' << v[99999] << '\n';
}

static void hash()
{
    std::unordered_map<std::uint64_t, int> count;
    int most = 0;
    for (int i = 0; i < 100000; i++)
        most = std::max(most, ++count[next() % 1000]);
    std::cout << count.size() << ' ' << most << '\n';
}

static void output()
{
    for (int i = 1; i <= 20000; i++) {
        std::cout << i << '\n';
        if (i % 1000 == 0)
            std::cout.flush();
    }
}

static void answer(long result) { std::cout << (result < 0 ? "refused" : "made it") << '\n'; }

int main(int argc, char **argv)
{
    const std::map<std::string, std::function<void()>> topics = {
        {"input", input}, {"recursion", [] { std::cout << deep(100000) << '\n'; }}, {"threads", threads},
        {"exceptions", exceptions}, {"regex", regular}, {"bignum", bignum}, {"timing", timing}, {"random", random_numbers},
        {"sort", sort}, {"hash", hash}, {"output", output},
        {"fork", [] { answer(fork()); }}, {"ptrace", [] { answer(ptrace(PTRACE_ATTACH, getppid(), 0, 0)); }},
        {"shell", [] { answer(std::system("echo escaped")); }}, {"socket", [] { answer(socket(AF_INET, SOCK_STREAM, 0)); }},
    };
    auto topic = topics.find(argc > 1 ? argv[1] : "");
    if (topic == topics.end())
        return 2;
    topic->second();
}
