/*
 * A C++ host: sandbox.hpp owns what it should, moves, and throws; none of it leaks.
 */
#include "check.h"
#include "sandbox.hpp"

#include <atomic>
#include <thread>
#include <type_traits>

using namespace std::chrono_literals;
namespace gs = gosandbox;

static_assert(!std::is_copy_constructible_v<gs::Config> && std::is_nothrow_move_constructible_v<gs::Config>);
static_assert(!std::is_copy_constructible_v<gs::Task> && std::is_nothrow_move_constructible_v<gs::Task>);
static_assert(std::is_copy_constructible_v<gs::Result> && std::is_base_of_v<std::runtime_error, gs::Error>);

static std::string probe() { return fixture("probe"); }

/* Throws E, with this code and words. */
template <class E, class F> static void throws(F call, int code, const char *words, int line)
{
    try {
        call();
        check_that(0, __FILE__, line, "nothing was thrown");
    } catch (const E &e) {
        check_that(e.code() == code && strstr(e.what(), words), __FILE__, line, "code %d, \"%s\"", e.code(), e.what());
    } catch (const std::exception &e) {
        check_that(0, __FILE__, line, "another exception: %s", e.what());
    }
}
#define THROWS(type, code, words, ...) throws<type>([&] { __VA_ARGS__; }, code, words, __LINE__)

static void runs()
{
    auto r = gs::run(gs::Config{probe(), "cat"}.stdin_bytes("some text").capture(1, 100).limit(gs::Limit::cpu, 5s).limit(gs::Limit::wall, 20s));
    CHECK(r.exited() && r.output().text() == "some text");
    CHECK(r.cpu() > 0ns && r.wall() > 0ns && r.memory_peak() > 0 && r.stats().status == GOSANDBOX_STATUS_EXITED);
    gs::Result copy = r;
    {
        gs::Result moved = std::move(r);
        CHECK(moved.output().text() == "some text");
    }
    CHECK(copy.output().text() == "some text" && copy.output(2).empty());
    CHECK(gs::run(gs::Config{probe(), "exit", "9"}).exited(9));
    auto killed = gs::run(gs::Config{probe(), "signal", "11"});
    CHECK(killed.status() == gs::Status::signaled && killed.signal() == 11 && gs::name(killed.status()) == "SIGNALED");
    auto late = gs::run(gs::Config{probe(), "sleep", "10000"}.limit(gs::Limit::wall, 50ms));
    CHECK(late.status() == gs::Status::wall_limit && !late.message().empty() && !late.violation());
    /* Bytes with zeros, an empty vector, a path of the file system. */
    std::vector<unsigned char> zeros(1000);
    auto through = gs::run(gs::Config{probe(), "cat"}.stdin_bytes(zeros).capture(1, 5000));
    CHECK(through.output().size() == 1000 && memcmp(through.output().data(), zeros.data(), 1000) == 0);
    CHECK(gs::run(gs::Config{probe(), "cat"}.stdin_bytes(std::vector<char>{}).capture(1, 10)).output().empty());
    CHECK(gs::run(gs::Config{probe(), "cwd"}.cwd(std::filesystem::path("/usr")).capture(1, 100)).output().text() == "/usr");
    auto file = gs::run(gs::Config{probe(), "env"}.env({"A=b"}).open(2, "/dev/null", O_WRONLY).dup(1, 2));
    CHECK(file.exited());
}

static void files()
{
    gs::Config config{"/bin/sh", "-c", "/bin/cat in/a.txt > b.out; /bin/ln -s b.out c.out"};
    config.workspace().put("in/a.txt", "text").collect("*.out").limit(gs::Limit::wall, 20s);
    auto r = gs::run(config);
    auto all = r.files();
    CHECK(r.exited() && all.size() == 2);
    if (all.size() == 2) {
        CHECK(all[0].collected() && all[0].name() == "b.out" && all[0].content().text() == "text");
        CHECK(!all[1].collected() && all[1].status() == "SYMLINK" && all[1].content().empty());
    }
    THROWS(gs::Error, GOSANDBOX_EINVAL, "..", config.put("../a", "text"));
    THROWS(gs::Error, GOSANDBOX_EINVAL, "absolute", config.collect("/a"));
}

static void templates()
{
    gs::Config isolated;
    isolated.isolation(GOSANDBOX_ISOLATE_USER | GOSANDBOX_ISOLATE_PID);
    gs::Config in{probe(), "exit", "9"};
    {
        gs::Template prepared(isolated);
        gs::Template moved = std::move(prepared);
        in.in(moved);
        CHECK(gs::run(in).exited(9) && gs::run(in).exited(9));
        gs::Config both{probe(), "exit", "9"};
        both.in(moved).judge_root();
        THROWS(gs::ConfigError, GOSANDBOX_EINVAL, "one or the other", gs::run(both));
    }
    THROWS(gs::HandleError, GOSANDBOX_EBADF, "freed", gs::run(in));
    THROWS(gs::ConfigError, GOSANDBOX_EINVAL, "isolation", gs::Template{gs::Config{}});
    THROWS(gs::SetupError, GOSANDBOX_ESETUP, "/no/such/root", gs::Template{gs::Config{}.isolation(GOSANDBOX_ISOLATE_ALL, "/no/such/root")});
}

static void policies()
{
    auto r = gs::run(gs::Config{probe(), "pid"}
                         .policy("permissive", gs::Action::allow())
                         .rule("getpid", gs::Action::kill())
                         .rule("socket", gs::Action::fail(EACCES), {{0, GOSANDBOX_CMP_EQ_32, 2, 0}})
                         .capture(1, 10));
    auto v = r.violation();
    if (CHECK(r.status() == gs::Status::violation && v.has_value()))
        CHECK(v->name() == "getpid" && v->call.pid > 0 && v->path.empty());
    std::string why;
    CHECK(gs::has(gs::Feature::seccomp, &why) && why.empty());
}

static void traces()
{
    auto r = gs::run(gs::Config{probe(), "exit", "3"}.trace(GOSANDBOX_TRACE_COUNT | GOSANDBOX_TRACE_TEXT, 1 << 20));
    CHECK(r.exited(3) && r.trace().find("+++ exited with 3 +++\n") != std::string_view::npos);
    auto counts = r.syscalls();
    CHECK(counts.size() > 3 && counts[0].calls >= counts[1].calls && counts.back().calls > 0);
    auto none = gs::run(gs::Config{probe(), "exit", "3"});
    CHECK(none.syscalls().empty() && none.trace().empty());
}

struct Own : std::runtime_error { using std::runtime_error::runtime_error; };

static void callbacks()
{
    std::vector<std::string> seen;
    gs::Config c{probe(), "cwd"};
    c.rule("getcwd", gs::Action::notify()).capture(1, 200).limit(gs::Limit::wall, 20s);
    c.callback([&](gs::Event &e) {
        seen.emplace_back(e.name());
        return gs::Action::fail(EACCES);
    });
    auto r = gs::run(c);
    CHECK(seen.size() == 1 && seen[0] == "getcwd");
    CHECK(r.output().text() == "?");
    /* What it throws comes out of run and of every wait, and the program is dead. */
    c.callback([](gs::Event &) -> gs::Action { throw Own("thrown by a callback"); });
    for (int i = 0; i < 3; i++) {
        int own = 0;
        try {
            i == 0 ? gs::run(c) : gs::start(c).wait();
        } catch (const Own &e) {
            own += strcmp(e.what(), "thrown by a callback") == 0;
        }
        CHECK_EQ(own, 1);
    }
    try { /* a bad use of the event is an exception as well */
        c.callback([](gs::Event &e) { return e.read_string(8), gs::Action::allow(); });
        gs::run(c);
        CHECK(!"it was read");
    } catch (const gs::Error &e) {
        CHECK(e.code() == GOSANDBOX_EFAULT);
    }
    /* Side by side with one config, one of them throwing: only its own caller sees it. */
    std::atomic<int> number{0}, threw{0}, fine{0};
    c.callback([&](gs::Event &) { return number++ == 3 ? throw Own("one") : gs::Action::allow(); });
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; i++)
        threads.emplace_back([&] {
            try {
                fine += gs::run(c).exited();
            } catch (const Own &) {
                threw++;
            }
        });
    for (auto &t : threads)
        t.join();
    CHECK_EQ(threw, 1);
    CHECK_EQ(fine, 7);
    /* The config may go before the task, and a task may be thrown away while its callback is asked. */
    for (int i = 0; i < 20; i++) {
        auto config = std::make_unique<gs::Config>(gs::Config{probe(), "cwd"});
        config->rule("getcwd", gs::Action::notify()).callback([&](gs::Event &) { return nap_ms(1), gs::Action::allow(); });
        gs::Task task = gs::start(*config);
        config.reset();
        if (i % 2)
            CHECK(task.wait().exited());
        else if (i % 4)
            task = gs::start(gs::Config{probe(), "exit"});
    }
}

static void errors()
{
    gs::Config c{probe(), "exit", "4"};
    THROWS(gs::ConfigError, GOSANDBOX_EINVAL, "", c.umask(07777));
    THROWS(gs::ConfigError, GOSANDBOX_EINVAL, "", c.limit(gs::Limit::cpu, -1s));
    THROWS(gs::ConfigError, GOSANDBOX_EINVAL, "", c.limit(gs::Limit::memory, 1s));
    THROWS(gs::ConfigError, GOSANDBOX_EINVAL, "", c.args({}));
    THROWS(gs::Error, GOSANDBOX_EINVAL, "", gs::run(gs::Config()));
    THROWS(gs::SetupError, GOSANDBOX_ESETUP, "No such file", gs::run(gs::Config{"/no/such/program"}));
    THROWS(gs::SetupError, GOSANDBOX_ESETUP, "No such file", gs::start(gs::Config{"/no/such/program"}).wait());
    try {
        gs::run(gs::Config{"/no/such/program"});
    } catch (const gs::Error &e) {
        CHECK(e.sys_errno() == ENOENT && e.step() == GOSANDBOX_STEP_EXEC && strcmp(e.step_name(), "exec") == 0);
    }
    bool refused = false;
    try {
        c.args({probe(), std::string("a\0b", 3)}); /* it would be cut in C */
    } catch (const std::invalid_argument &) {
        refused = true;
    }
    CHECK(refused);
    CHECK(gs::run(c).exited(4)); /* as it was */
    gs::Config moved = std::move(c);
    THROWS(gs::HandleError, GOSANDBOX_EBADF, "", c.umask(0));
    THROWS(gs::HandleError, GOSANDBOX_EBADF, "", gs::run(c));
    CHECK(gs::run(moved).exited(4));
}

static void tasks()
{
    gs::Task task = gs::start(gs::Config{probe(), "sleep", "10000"});
    CHECK(!task.wait_for(20ms) && task.poll_fd() >= 0);
    gs::Task moved = std::move(task);
    THROWS(gs::HandleError, GOSANDBOX_EBADF, "", task.kill());
    std::thread killer([&] { moved.kill(); });
    CHECK(moved.wait().status() == gs::Status::cancelled);
    killer.join();
    CHECK(moved.wait_for(0s).has_value());
    gs::Task replaced = gs::start(gs::Config{probe(), "sleep", "10000"});
    replaced = gs::start(gs::Config{probe(), "exit", "2"}); /* the first one is killed and reaped */
    CHECK(replaced.wait().exited(2));
    try { /* an exception passes: the task goes with it */
        gs::Task thrown = gs::start(gs::Config{probe(), "sleep", "10000"});
        throw 1;
    } catch (int) {
    }
    CHECK_NO_CHILDREN();
}

static void groups()
{
    gs::Config solution = gs::Config{fixture("dialogue"), "echo"}, interactor = gs::Config{fixture("dialogue"), "ask", "3"};
    gs::Group g;
    auto s = g.add(solution), i = g.add(interactor);
    auto all = g.connect(s, i).wall(20s).transcript(4096).end_with(i, 1s).run();
    CHECK(all.size() == 2 && all[0].exited() && all[1].exited() && all[0].member().members == 2 && all[1].member().index == 1);
    std::string said;
    for (const auto &piece : all[0].dialogue())
        if (piece.pipe == 0)
            said += piece.bytes;
    CHECK(said == "0\n1\n2\n" && all[1].hangup(0).bytes == said.size());
    gs::Config nowhere{"/no/such/program"};
    gs::Group failing;
    failing.add(solution);
    failing.add(nowhere);
    THROWS(gs::SetupError, GOSANDBOX_ESETUP, "member 1: exec", failing.connect(0, 1).run());
    bool refused = false;
    try {
        g.wall(-1s);
    } catch (const std::invalid_argument &) {
        refused = true;
    }
    CHECK(refused);
}

int main()
{
    static char before[20000], after[20000];
    CHECK(gs::run(gs::Config{probe(), "exit"}).exited());
    open_descriptors(before, sizeof before);
    for (int i = 0; i < 5; i++) {
        runs();
        files();
        templates();
    policies();
    traces();
        callbacks();
        errors();
        tasks();
        groups();
    }
    open_descriptors(after, sizeof after);
    CHECK_TEXT(after, before);
    return check_summary();
}
