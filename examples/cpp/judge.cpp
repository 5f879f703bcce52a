// judge: a small parallel judge in C++17. It compiles and judges the submissions of a problem folder, some at once, and prints a table.
//
//   judge++ [JOBS] PROBLEM_DIR
//
// The problem folder and the table of languages are those of examples/c/judge.c, the verdicts too; what this one leaves out is in there:
// options, JSON, stopping by signals, reports of another user's files. Exit status: 0 every verdict as expected, 1 some not, 2 usage or a
// wrong folder, 3 the library failed.
#include <gosandbox/sandbox.hpp>

#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <thread>

#include "problem.hpp"

namespace fs = std::filesystem;
using gosandbox::Action;
using gosandbox::Limit;
using gosandbox::Status;

namespace {

constexpr std::uint32_t nobody = 65534; // whom submissions run as when the judge is root's
constexpr std::uint32_t interactor_user = 65533; // and interactors

struct Report {
    std::string verdict = "AC", expected, detail;
    std::size_t passed = 0;
    std::chrono::nanoseconds cpu{0};
    std::uint64_t memory = 0;
};

std::string read_file(const fs::path &path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw std::runtime_error(path.string() + " cannot be read");
    return {std::istreambuf_iterator<char>(file), {}};
}

// What may be reached: the system's programs and libraries, and of all else the folder of the submission.
void restrict_reach(gosandbox::Config &config, const fs::path &work, const fs::path &program, const Language &language)
{
    auto allow = [&](const std::string &path, std::uint32_t access) {
        if (gosandbox_config_add_path(config.get(), path.c_str(), access) < 0)
            throw gosandbox::Error(*gosandbox_last_error());
    };
    constexpr std::uint32_t read = GOSANDBOX_PATH_READ, write = GOSANDBOX_PATH_WRITE, execute = GOSANDBOX_PATH_EXEC;
    bool is_compiler = program.empty();
    config.policy("permissive", Action::allow());
    for (const char *call : {"ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "mount", "umount2", "chroot", "unshare",
                             "setns", "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "keyctl", "add_key", "request_key"})
        config.rule(call, Action::kill());
    config.rule("socket", is_compiler ? Action::fail(EACCES) : Action::kill());
    config.rule("socket", Action::fail(EACCES), {{0, GOSANDBOX_CMP_EQ_32, 1 /* AF_UNIX */, 0}});
    config.rule("kill", Action::kill(), {{0, GOSANDBOX_CMP_MASKED_EQ_32, 0x80000000u, 0x80000000u}}); // a group, or everybody
    for (const char *path : {"/usr", "/bin", "/lib", "/lib64", "/etc/alternatives"})
        allow(path, read | execute);
    for (const char *path : {"/etc/ld.so.cache", "/etc/localtime", "/proc/self/**", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat",
                             "/proc/filesystems", "/sys/devices/system/cpu", "/sys/kernel/mm", "/dev/urandom"})
        allow(path, read);
    for (const char *path : {"/dev/null", "/dev/full", "/dev/zero"})
        allow(path, read | write);
    for (const std::string &path : language.readable())
        allow(path, read);
    allow(work, read | write | (is_compiler ? execute : 0));
    if (is_compiler)
        return;
    allow(program, read | execute);
    allow("/./", GOSANDBOX_PATH_STAT); // interpreters look at each folder on the way to the source
    for (fs::path parent = program.parent_path(); parent != parent.root_path(); parent = parent.parent_path())
        allow(parent.string() + "/", GOSANDBOX_PATH_STAT);
}

gosandbox::Config configure(const std::vector<std::string> &argv, const fs::path &work, const fs::path &program, const Limits &limits,
                            const Language &language, std::uint32_t user = nobody)
{
    gosandbox::Config config(argv);
    config.env({"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "HOME=" + work.string(), "TMPDIR=" + work.string()})
        .cwd(work).capture(2, 4096)
        .limit(Limit::cpu, limits.cpu).limit(Limit::memory, limits.memory)
        .limit(Limit::stack, limits.stack).limit(Limit::output, limits.output).limit(Limit::processes, limits.processes)
        .limit(Limit::open_files, 256);
    restrict_reach(config, work, program, language);
    if (geteuid() == 0)
        config.ids(user, user);
    return config;
}

// "" when the answer is right, "PE" or "WA".
std::string compare(std::string_view answer, const std::string &right, bool exact)
{
    if (answer == right)
        return "";
    std::istringstream a{std::string(answer)}, b{right};
    using Words = std::istream_iterator<std::string>;
    if (!std::equal(Words(a), Words(), Words(b), Words()))
        return "WA";
    return exact ? "PE" : "";
}

// The verdict about one run, "" for AC.
std::string verdict_of(const gosandbox::Result &result, const Problem &problem, const fs::path &right)
{
    switch (result.status()) {
    case Status::exited: return result.exit_code() ? "RTE" : compare(result.output(1).text(), read_file(right), problem.exact);
    case Status::signaled: return "RTE";
    case Status::cpu_limit: return "TLE";
    case Status::wall_limit: return "WTL";
    case Status::memory_limit: return "MLE";
    case Status::output_limit: return "OLE";
    case Status::process_limit: return "PLE";
    case Status::violation: return "SV";
    default: return "SE";
    }
}

// Runs it alone: what it writes is kept.
gosandbox::Result run_alone(gosandbox::Config config, const Limits &limits)
{
    return gosandbox::run(config.capture(1, limits.output).limit(Limit::wall, limits.wall));
}

// A program that can be run, in `work`.
struct Program {
    const Language *language;
    std::vector<std::string> argv;
    fs::path work, file; // the file that it may execute
    Limits limits;

    gosandbox::Config config(std::uint32_t user = nobody) const { return configure(argv, work, file, limits, *language, user); }
};

// The last line of what the interactor said on stderr.
std::string reason(const gosandbox::Result &interactor)
{
    std::istringstream text{std::string(interactor.output(2).text())};
    std::string line, last = "the interactor says so";
    while (std::getline(text, line))
        last = line.empty() ? last : line;
    return last;
}

// The verdict about a submission that has talked to the interactor, and why. What came first counts: one that crashes because the
// interactor has hung up was wrong before.
std::pair<std::string, std::string> verdict_of_talk(const gosandbox::Result &submission, const gosandbox::Result &interactor, std::uint64_t output)
{
    auto said = submission.hangup(0); // on the pipe from the submission to the interactor
    bool left_first = said.first == GOSANDBOX_HANGUP_READER, answered = interactor.status() == Status::exited;
    bool right = answered && interactor.exit_code() == 42, wrong = answered && interactor.exit_code() == 43;
    bool failed = submission.status() == Status::signaled || (submission.status() == Status::exited && submission.exit_code());
    std::string message(submission.message()), trouble = "the interactor: " + std::string(interactor.message());

    switch (submission.status()) {
    case Status::violation: return {"SV", message};
    case Status::setup_failed: case Status::internal: return {"SE", message};
    default: break;
    }
    if (wrong && left_first)
        return {"WA", reason(interactor)};
    if (said.bytes > output)
        return {"OLE", "wrote " + std::to_string(said.bytes) + " bytes"};
    switch (submission.status()) {
    case Status::cpu_limit: return {"TLE", message};
    case Status::memory_limit: return {"MLE", message};
    case Status::output_limit: return {"OLE", message};
    case Status::process_limit: return {"PLE", message};
    case Status::wall_limit:
        if (submission.member().waiting != GOSANDBOX_WAITING_NOT && interactor.member().waiting == GOSANDBOX_WAITING_NOT)
            return {"SE", "the interactor did not answer in time"};
        return {"WTL", message};
    default: break;
    }
    if (!right && !wrong && left_first)
        return {"SE", trouble};
    if (failed)
        return {"RTE", message};
    if (wrong)
        return {"WA", reason(interactor)};
    if (right)
        return submission.status() == Status::cancelled ? std::pair{"WTL", "did not end with the dialogue"} : std::pair{"", ""};
    if (interactor.status() == Status::signaled && interactor.signal() == SIGPIPE)
        return {"WA", "hung up before the interactor had said all"};
    return {"SE", trouble};
}

// Lets a submission and the interactor of the problem talk about one test.
std::pair<std::string, std::string> talk(const Program &program, const Program &interactor, const fs::path &input, Report &report)
{
    auto submission = program.config(), other = interactor.config(interactor_user);
    other.open(3, input, 0 /* O_RDONLY */);
    gosandbox::Group group;
    group.add(submission); // 0
    group.add(other);      // 1
    group.connect(0, 1);
    group.wall(program.limits.wall).end_with(1, std::chrono::seconds(1)).transcript(4096); // without it no bytes are counted
    auto results = group.run();
    report.cpu = std::max(report.cpu, results[0].cpu());
    report.memory = std::max(report.memory, results[0].memory_peak());
    return verdict_of_talk(results[0], results[1], program.limits.output);
}

// Compiles in `work`. False: the report says why there is no program.
bool compile(Report &report, const Language &language, const fs::path &work, const fs::path &program)
{
    const Limits limits{std::chrono::seconds(20), std::chrono::seconds(120), 1u << 30, 64u << 20, 64u << 20, 64};
    for (const auto &command : language.compile) {
        auto result = run_alone(configure(command, work, {}, limits, language), limits);
        if (!result.exited()) {
            report.verdict = "CE";
            report.detail = result.message();
            return false;
        }
    }
    // Moved first and looked at then, where nobody else can write.
    fs::rename(work / "program", program);
    if (fs::symlink_status(program).type() != fs::file_type::regular || fs::hard_link_count(program) != 1)
        throw std::runtime_error("the compiler's program is no file of its own");
    if (geteuid() == 0 && chown(program.c_str(), 0, 0) != 0)
        throw std::runtime_error("chown");
    return chmod(program.c_str(), 0555) == 0;
}

void clear(const fs::path &folder)
{
    for (const auto &entry : fs::directory_iterator(folder))
        fs::remove_all(entry);
}

void test(Report &report, const Problem &problem, const Program &program, const Program *interactor)
{
    for (const fs::path &input : problem.tests) {
        std::pair<std::string, std::string> found;
        clear(program.work); // no test finds what the one before has left
        if (interactor) {
            clear(interactor->work);
            found = talk(program, *interactor, input, report);
        } else {
            auto config = program.config();
            config.stdin_file(input);
            auto result = run_alone(std::move(config), program.limits);
            report.cpu = std::max(report.cpu, result.cpu());
            report.memory = std::max(report.memory, result.memory_peak());
            found = {verdict_of(result, problem, fs::path(input).replace_extension(".out")), std::string(result.message())};
        }
        if (!found.first.empty()) {
            report.verdict = found.first;
            report.detail = "test " + input.stem().string() + ": " + found.second;
            return;
        }
        report.passed++;
    }
}

void make_work(const fs::path &work, std::uint32_t user)
{
    fs::create_directories(work);
    fs::permissions(work, fs::perms::owner_all);
    if (geteuid() == 0 && chown(work.c_str(), user, user) != 0)
        throw std::runtime_error("chown");
}

// Makes the program of a source in a folder. False: the report says why there is none.
bool build(Report &report, const Language *language, const Limits &limits, const std::string &text, const fs::path &scratch, Program &program)
{
    fs::path work = scratch / "work", file = scratch / "program";
    if (!language || !language->installed()) {
        report.verdict = "SKIPPED";
        report.detail = language ? "needs the package " + language->package : "no language that is known here";
        return false;
    }
    make_work(work, nobody);
    fs::path source = (language->compile.empty() ? scratch : work) / language->source;
    std::ofstream(source, std::ios::binary) << text;
    if (!language->compile.empty() && !compile(report, *language, work, file))
        return false;
    program = {language, language->command(limits, file, source), work, language->compile.empty() ? source : file, language->limits(limits)};
    return true;
}

// `interactor` is null where the problem has none.
Report judge(const Problem &problem, const Program *interactor, const fs::path &submission, const fs::path &scratch)
{
    Report report;
    try {
        std::string text = read_file(submission);
        report.expected = expectation(text);
        Program program, other;
        if (build(report, problem.language(submission), problem.limits, text, scratch, program)) {
            if (interactor) {
                other = *interactor;
                make_work(other.work = scratch / "other", interactor_user);
            }
            test(report, problem, program, interactor ? &other : nullptr);
        }
    } catch (const std::exception &e) {
        report.verdict = "SE";
        report.detail = e.what();
    }
    std::error_code ignored; // what is left goes with the folder of all
    fs::remove_all(scratch, ignored);
    return report;
}

// What strangers wrote, on one line.
std::string printable(std::string text)
{
    std::replace_if(text.begin(), text.end(), [](unsigned char c) { return c < 32 || c == 127; }, '?');
    return text.substr(0, 90);
}

} // namespace

int main(int argc, char **argv)
try {
    unsigned jobs = argc == 3 ? unsigned(std::strtoul(argv[1], nullptr, 10)) : std::thread::hardware_concurrency();
    if (argc < 2 || argc > 3 || jobs < 1 || jobs > 64)
        return std::cerr << "usage: judge [JOBS] PROBLEM_DIR\n", 2;
    const Problem problem(argv[argc - 1]);
    if (geteuid() == 0 && !gosandbox::has(gosandbox::Feature::change_ids))
        return std::cerr << "judge: submissions must not run as root, and the user cannot be changed here\n", 3;
    umask(022);
    char made[] = "/tmp/gosandbox-judge-XXXXXX";
    if (!mkdtemp(made))
        return std::cerr << "judge: no temporary folder\n", 3;
    chmod(made, geteuid() == 0 ? 0711 : 0700);

    Program interactor;
    if (!problem.interactor.empty()) {
        Report report;
        if (!build(report, problem.language(problem.interactor), {std::chrono::seconds(10), {}, 256u << 20, 64u << 20, 16u << 20, 16},
                   read_file(problem.interactor), fs::path(made) / "interactor", interactor)) {
            fs::remove_all(made);
            return std::cerr << "judge: the interactor: " << printable(report.detail) << '\n', 2;
        }
    }
    std::vector<Report> reports(problem.submissions.size());
    std::atomic<std::size_t> next{0};
    cpu_set_t all;
    std::vector<int> cpus; // one for each job, so that timings do not disturb each other, where there are enough
    for (int cpu = 0; sched_getaffinity(0, sizeof all, &all) == 0 && cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &all))
            cpus.push_back(cpu);
    std::vector<std::thread> workers;
    for (unsigned n = 0; n < jobs; n++)
        workers.emplace_back([&, n] {
            if (jobs <= cpus.size()) {
                cpu_set_t own;
                CPU_ZERO(&own);
                CPU_SET(cpus[n], &own);
                sched_setaffinity(0, sizeof own, &own); // of this thread, and what it starts
            }
            for (std::size_t i; (i = next++) < reports.size();)
                reports[i] = judge(problem, problem.interactor.empty() ? nullptr : &interactor, problem.submissions[i], fs::path(made) / std::to_string(i));
        });
    for (auto &worker : workers)
        worker.join();
    fs::remove_all(made);

    int unexpected = 0;
    for (std::size_t i = 0; i < reports.size(); i++) {
        const Report &r = reports[i];
        bool wrong = !r.expected.empty() && r.expected != r.verdict && r.verdict != "SKIPPED";
        unexpected += wrong;
        std::printf("%-20s %-7s %-10s %3zu/%-3zu %8.3f s %8llu KiB  %s\n", printable(problem.submissions[i].filename()).c_str(),
                    r.verdict.c_str(), (r.expected + (wrong ? " !" : "")).c_str(), r.passed, problem.tests.size(),
                    std::chrono::duration<double>(r.cpu).count(), (unsigned long long)(r.memory >> 10), printable(r.detail).c_str());
    }
    std::printf("\n%zu as expected, %d not as expected\n", reports.size() - std::size_t(unexpected), unexpected);
    return unexpected ? 1 : 0;
} catch (const std::exception &e) {
    std::cerr << "judge: " << e.what() << '\n';
    return 2;
}
