// problem.hpp: a problem folder and the table of languages, as the judge in C++ reads them; examples/README.md tells what is in them.
#ifndef EXAMPLES_CPP_PROBLEM_HPP
#define EXAMPLES_CPP_PROBLEM_HPP

#include <glob.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

struct Limits {
    std::chrono::nanoseconds cpu = std::chrono::seconds(1), wall{0};
    std::uint64_t memory = 256u << 20, stack = 64u << 20, output = 16u << 20, processes = 1;
};

inline std::vector<std::string> words_of(const std::string &text)
{
    std::istringstream stream(text);
    return {std::istream_iterator<std::string>(stream), {}};
}

// "64m" in bytes, "0.5" in thousandths: a number and a unit, of which only these are known here.
inline std::uint64_t number(const std::string &text, double factor = 1)
{
    std::size_t end = 0;
    double value = std::stod(text, &end) * factor;
    std::string unit = text.substr(end);
    int shift = unit.empty() ? 0 : unit == "k" ? 10 : unit == "m" ? 20 : unit == "g" ? 30 : -1;
    if (unit == "ms" && factor >= 1000)
        value /= 1000;
    else if (unit == "s" && factor >= 1000)
        shift = 0;
    if ((shift < 0 && unit != "ms") || value < 0 || value > 1e18)
        throw std::runtime_error(text + " is no number with a unit");
    return std::uint64_t(value) << (shift < 0 ? 0 : shift);
}

// Calls take(key, value) for each setting, take("", line) for the head of a section.
template <class Take> void read_settings(const std::filesystem::path &path, Take take)
{
    std::ifstream file(path);
    if (!file)
        throw std::runtime_error(path.string() + " cannot be read");
    for (std::string line; std::getline(file, line);) {
        auto cut = [](const std::string &s) {
            auto first = s.find_first_not_of(" \t\r");
            return first == s.npos ? "" : s.substr(first, s.find_last_not_of(" \t\r") - first + 1);
        };
        line = cut(line);
        auto equals = line.find('=');
        if (line.empty() || line[0] == '#')
            continue;
        if (line[0] == '[')
            take("", line);
        else if (equals == line.npos)
            throw std::runtime_error(path.string() + ": not key=value: " + line);
        else
            take(cut(line.substr(0, equals)), cut(line.substr(equals + 1)));
    }
}

// One section of languages.conf, which tells what the fields mean.
struct Language {
    std::vector<std::string> endings, run, read;
    std::vector<std::vector<std::string>> compile;
    std::string source, package;
    double cpu = 1;
    std::uint64_t memory = 0;

    bool installed() const
    {
        auto is = [](const std::string &command) {
            for (const char *folder : {"/usr/local/bin/", "/usr/bin/", "/bin/"})
                if (access((folder + command).c_str(), X_OK) == 0)
                    return true;
            return command[0] == '{';
        };
        return is(run.at(0)) && std::all_of(compile.begin(), compile.end(), [&](const auto &c) { return is(c.at(0)); });
    }
    std::vector<std::string> readable() const
    {
        std::vector<std::string> paths;
        for (const auto &pattern : read) {
            glob_t found;
            if (glob(pattern.c_str(), 0, nullptr, &found) == 0)
                paths.insert(paths.end(), found.gl_pathv, found.gl_pathv + found.gl_pathc);
            globfree(&found);
        }
        return paths;
    }
    Limits limits(Limits own) const
    {
        own.memory += memory;
        own.cpu = std::chrono::nanoseconds(std::int64_t(double(own.cpu.count()) * cpu));
        if (cpu > 1)
            own.wall = std::chrono::nanoseconds(std::int64_t(double(own.wall.count()) * cpu));
        return own;
    }
    std::vector<std::string> command(const Limits &l, const std::string &program, const std::string &source_path) const
    {
        std::vector<std::string> argv = run;
        const std::pair<std::string, std::string> places[] = {{"{program}", program}, {"{source}", source_path},
            {"{memory}", std::to_string(l.memory >> 20)}, {"{stack}", std::to_string(std::max<std::uint64_t>(l.stack >> 20, 1))}};
        for (auto &word : argv)
            for (const auto &[name, value] : places)
                if (auto at = word.find(name); at != word.npos)
                    word.replace(at, name.size(), value);
        return argv;
    }
};

struct Problem {
    std::string title;
    Limits limits;
    bool exact = false;
    std::filesystem::path interactor; // empty: answers are compared
    std::vector<std::filesystem::path> tests, submissions; // sorted by name
    std::vector<Language> languages;

    explicit Problem(const std::filesystem::path &folder) : title(folder.string())
    {
        auto duration = [](const std::string &text) { return std::chrono::nanoseconds(number(text, 1e9)); };
        read_settings(folder / "problem.conf", [&](const std::string &key, const std::string &value) {
            key == "title" ? void(title = value) : key == "checker" ? void(exact = value == "exact")
            : key == "interactor" ? void(interactor = folder / std::filesystem::path(value).filename())
            : key == "cpu" ? void(limits.cpu = duration(value)) : key == "wall" ? void(limits.wall = duration(value))
            : key == "memory" ? void(limits.memory = number(value)) : key == "stack" ? void(limits.stack = number(value))
            : key == "output" ? void(limits.output = number(value)) : key == "processes" ? void(limits.processes = number(value))
            : throw std::runtime_error("problem.conf: " + key + " is no setting");
        });
        if (limits.wall.count() == 0)
            limits.wall = 3 * limits.cpu;
        for (const auto &entry : std::filesystem::directory_iterator(folder / "tests"))
            if (entry.path().extension() == ".in")
                tests.push_back(entry.path());
        for (const auto &entry : std::filesystem::directory_iterator(folder / "submissions"))
            if (entry.is_regular_file())
                submissions.push_back(entry.path());
        std::sort(tests.begin(), tests.end());
        std::sort(submissions.begin(), submissions.end());
        bool own = std::filesystem::exists(folder / "languages.conf");
        read_settings(folder / (own ? "languages.conf" : "../languages.conf"), [&](const std::string &key, const std::string &value) {
            if (key.empty()) {
                languages.emplace_back();
                for (const auto &word : words_of(value.substr(1, value.size() - 2)))
                    if (word[0] == '.')
                        languages.back().endings.push_back(word);
                return;
            }
            Language &l = languages.back();
            key == "source" ? void(l.source = value) : key == "package" ? void(l.package = value)
            : key == "run" ? void(l.run = words_of(value)) : key == "compile" ? void(l.compile.push_back(words_of(value)))
            : key == "read" ? void(l.read.push_back(value)) : key == "memory" ? void(l.memory = number(value))
            : key == "cpu" ? void(l.cpu = std::stod(value)) : throw std::runtime_error("languages.conf: " + key + " is no setting");
        });
    }
    const Language *language(const std::filesystem::path &submission) const
    {
        for (const auto &l : languages)
            if (std::count(l.endings.begin(), l.endings.end(), submission.extension().string()))
                return &l;
        return nullptr;
    }
};

// The verdict that the first line of a submission asks for (the second behind "#!"), "" when it asks for none.
inline std::string expectation(const std::string &text)
{
    std::istringstream stream(text);
    std::string line;
    std::getline(stream, line);
    if (line.rfind("#!", 0) == 0)
        std::getline(stream, line);
    auto at = line.find("expect:");
    if (at == line.npos)
        return "";
    auto found = words_of(line.substr(at + 7));
    return found.empty() ? "?" : found[0];
}

#endif
