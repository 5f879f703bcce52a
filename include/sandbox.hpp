// gosandbox for C++17: RAII over sandbox.h, header only. What a function does, its units and its limits stand in sandbox.h.
//
//   auto result = gosandbox::run(gosandbox::Config{"./a.out"}.stdin_file("1.in").capture(1, 1 << 20).limit(gosandbox::Limit::cpu, 1s));
//   if (result.status() == gosandbox::Status::exited) ...
//
// Errors     A function whose C counterpart fails throws an Error, or the class derived from it that belongs to the code. Verdicts about
//            the program never throw; a program that could not be started (SETUP_FAILED) is a SetupError.
// Ownership  Config and Task are moved, never copied. A Result is a value that owns its bytes: copies share them, and they live as
//            long as the last copy. Views that a Result gives live as long as the Result or a copy of it.
// Threads    As in sandbox.h: a Config is built by one thread at a time; a Task may be used by all; a Result may be read by all.
#ifndef GOSANDBOX_SANDBOX_HPP
#define GOSANDBOX_SANDBOX_HPP

#if __has_include("sandbox.h")
#include "sandbox.h"
#else
#include <gosandbox/sandbox.h>
#endif

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gosandbox {

/* ---------------------------------------------------------------- errors */

// What went wrong; what() is the sentence that names the remedy.
class Error : public std::runtime_error {
public:
    explicit Error(const struct gosandbox_error &e)
        : std::runtime_error(e.message), code_(e.code), errno_(e.sys_errno), step_(e.step), index_(e.index) {}
    int code() const noexcept { return code_; }          // GOSANDBOX_E...
    int sys_errno() const noexcept { return errno_; }    // of the kernel, 0 where there is none
    std::uint32_t step() const noexcept { return step_; } // GOSANDBOX_STEP_...
    int index() const noexcept { return index_; }        // which one of several, as told at the step; -1: one only
    const char *step_name() const noexcept { return gosandbox_step_name(step_); }

private:
    int code_, errno_;
    std::uint32_t step_;
    int index_;
};

struct ConfigError : Error { using Error::Error; };      // EINVAL
struct HandleError : Error { using Error::Error; };      // EBADF: used after a move or a close
struct ResourceError : Error { using Error::Error; };    // ENOMEM: memory, descriptors, threads
struct UnsupportedError : Error { using Error::Error; }; // EUNSUPPORTED
struct SetupError : Error { using Error::Error; };       // ESETUP: the program could not be started
struct InternalError : Error { using Error::Error; };    // EINTERNAL
struct ForkedError : Error { using Error::Error; };      // EFORKED

namespace detail {

[[noreturn]] inline void raise()
{
    const struct gosandbox_error &e = *gosandbox_last_error();
    switch (e.code) {
    case GOSANDBOX_EINVAL: throw ConfigError(e);
    case GOSANDBOX_EBADF: throw HandleError(e);
    case GOSANDBOX_ENOMEM: throw ResourceError(e);
    case GOSANDBOX_EUNSUPPORTED: throw UnsupportedError(e);
    case GOSANDBOX_ESETUP: throw SetupError(e);
    case GOSANDBOX_EINTERNAL: throw InternalError(e);
    case GOSANDBOX_EFORKED: throw ForkedError(e);
    default: throw Error(e);
    }
}

inline int check(int code)
{
    if (code < 0)
        raise();
    return code;
}

template <auto Free> struct Freed {
    template <class T> void operator()(T *handle) const noexcept { Free(handle); }
};

} // namespace detail

/* ---------------------------------------------------------------- vocabulary */

// An unknown number of a newer library is kept as it is.
enum class Status : std::uint32_t {
    exited = GOSANDBOX_STATUS_EXITED,
    signaled = GOSANDBOX_STATUS_SIGNALED,
    cpu_limit = GOSANDBOX_STATUS_CPU_LIMIT,
    wall_limit = GOSANDBOX_STATUS_WALL_LIMIT,
    memory_limit = GOSANDBOX_STATUS_MEMORY_LIMIT,
    output_limit = GOSANDBOX_STATUS_OUTPUT_LIMIT,
    process_limit = GOSANDBOX_STATUS_PROCESS_LIMIT,
    violation = GOSANDBOX_STATUS_VIOLATION,
    cancelled = GOSANDBOX_STATUS_CANCELLED,
    setup_failed = GOSANDBOX_STATUS_SETUP_FAILED,
    internal = GOSANDBOX_STATUS_INTERNAL,
};
// The names that Config::policy knows.
inline std::vector<std::string> profiles()
{
    std::vector<std::string> names;
    while (const char *n = gosandbox_profile_name(names.size()))
        names.emplace_back(n);
    return names;
}
inline std::string_view name(Status s) noexcept { return gosandbox_status_name(static_cast<std::uint32_t>(s)); }

enum class Limit : std::uint32_t {
    cpu = GOSANDBOX_LIMIT_CPU,
    wall = GOSANDBOX_LIMIT_WALL,
    memory = GOSANDBOX_LIMIT_MEMORY,
    stack = GOSANDBOX_LIMIT_STACK,
    output = GOSANDBOX_LIMIT_OUTPUT,
    processes = GOSANDBOX_LIMIT_PROCESSES,
    open_files = GOSANDBOX_LIMIT_OPEN_FILES,
    memory_grace = GOSANDBOX_LIMIT_MEMORY_GRACE,
    address_space = GOSANDBOX_LIMIT_ADDRESS_SPACE,
};

enum class Feature : std::uint32_t {
    ptrace = GOSANDBOX_FEATURE_PTRACE,
    seccomp = GOSANDBOX_FEATURE_SECCOMP,
    change_ids = GOSANDBOX_FEATURE_CHANGE_IDS,
    raise_limits = GOSANDBOX_FEATURE_RAISE_LIMITS,
    negative_nice = GOSANDBOX_FEATURE_NEGATIVE_NICE,
};
// Whether this machine has it. `why` gets the reason and the remedy when it has not.
inline bool has(Feature f, std::string *why = nullptr)
{
    int code = detail::check(gosandbox_feature(static_cast<std::uint32_t>(f)));
    if (code == 0 && why)
        *why = gosandbox_last_error()->message;
    return code == 1;
}

// What happens to a system call.
class Action {
public:
    static constexpr Action kill() noexcept { return Action(GOSANDBOX_KILL); }
    static constexpr Action allow() noexcept { return Action(GOSANDBOX_ALLOW); }
    static constexpr Action notify() noexcept { return Action(GOSANDBOX_NOTIFY); }   // rules only: ask the callback
    static constexpr Action inspect() noexcept { return Action(GOSANDBOX_INSPECT); } // callbacks only: execute, then ask again
    static constexpr Action defer() noexcept { return Action(GOSANDBOX_DEFER); }     // callbacks only: what the policy says
    static constexpr Action fail(int error) noexcept { return Action(GOSANDBOX_ERRNO(error)); }
    explicit constexpr Action(gosandbox_action value) noexcept : value_(value) {}
    constexpr gosandbox_action value() const noexcept { return value_; }

private:
    gosandbox_action value_;
};

// A run of bytes that somebody else owns.
class Bytes {
public:
    constexpr Bytes() noexcept = default;
    constexpr Bytes(const void *data, std::size_t size) noexcept : data_(data), size_(size) {}
    Bytes(std::string_view s) noexcept : data_(s.data()), size_(s.size()) {}
    Bytes(const std::string &s) noexcept : Bytes(std::string_view(s)) {}
    Bytes(const char *s) noexcept : Bytes(std::string_view(s)) {}
    template <class T> Bytes(const std::vector<T> &v) noexcept : data_(v.data()), size_(v.size())
    {
        static_assert(sizeof(T) == 1, "bytes are needed");
    }
    const void *data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    std::string_view text() const noexcept { return {static_cast<const char *>(data_), size_}; }

private:
    const void *data_ = "";
    std::size_t size_ = 0;
};

// The call that a callback decides about, and the program's memory. Only during the callback, on its thread. See sandbox.h: a decision
// to allow by what the memory holds is no protection.
class Event {
public:
    Event(const struct gosandbox_syscall &call, gosandbox_event *handle) noexcept : call_(call), handle_(handle) {}
    const struct gosandbox_syscall &call() const noexcept { return call_; }
    bool at_exit() const noexcept { return call_.phase == GOSANDBOX_PHASE_EXIT; }
    std::string_view name() const noexcept
    {
        const char *n = gosandbox_syscall_name(call_.arch, call_.nr);
        return n ? n : "?";
    }
    // As many bytes as there are, at most n.
    std::vector<unsigned char> read(std::uint64_t addr, std::size_t n) const
    {
        std::vector<unsigned char> bytes(n);
        bytes.resize(length(gosandbox_event_read(handle_, addr, bytes.data(), n)));
        return bytes;
    }
    std::string read_string(std::uint64_t addr, std::size_t most = 4096) const
    {
        std::string text(most, '\0');
        text.resize(length(gosandbox_event_read_string(handle_, addr, text.data(), most)));
        return text;
    }
    // The path in argument path_arg, absolute; relative to argument dirfd_arg, or to the working directory when that is -1.
    std::filesystem::path read_path(int dirfd_arg, int path_arg) const
    {
        std::string text(4097, '\0');
        text.resize(length(gosandbox_event_read_path(handle_, dirfd_arg, path_arg, text.data(), text.size())));
        return text;
    }
    std::size_t write(std::uint64_t addr, Bytes b) const { return length(gosandbox_event_write(handle_, addr, b.data(), b.size())); }
    void set_arg(std::uint32_t i, std::uint64_t value) const { detail::check(gosandbox_event_set_arg(handle_, i, value)); }
    // The answer: not executed, this is returned.
    Action returns(std::int64_t value) const
    {
        detail::check(gosandbox_event_set_return(handle_, value));
        return Action(GOSANDBOX_RETURN);
    }
    // The answer: not executed, the program gets a duplicate of this descriptor of the host, which stays the caller's.
    Action opened(int host_fd, std::uint32_t flags = 0) const
    {
        detail::check(gosandbox_event_set_fd(handle_, host_fd, flags));
        return Action(GOSANDBOX_OPENED);
    }
    gosandbox_event *get() const noexcept { return handle_; }

private:
    static std::size_t length(std::int64_t n)
    {
        if (n < 0)
            detail::raise();
        return static_cast<std::size_t>(n);
    }
    const struct gosandbox_syscall &call_;
    gosandbox_event *handle_;
};

// Decides about a call for which a rule says Action::notify(). It may throw: the program is killed, and run or Task::wait throws the
// exception on. The callbacks of one run come one at a time, those of several runs with the same config side by side.
using Callback = std::function<Action(Event &)>;

namespace detail {

// A config's callback, shared with the tasks that use it.
struct Shared {
    Callback callback;
    std::mutex starting; // held while the C config carries the payload of one run
};

// What the C callback of one run gets.
struct Asked {
    std::shared_ptr<Shared> shared;
    std::mutex mutex;
    std::exception_ptr thrown;
};

// Nothing is thrown through the frames of C: *out is KILL on entry, and stays so.
inline void ask(const struct gosandbox_syscall *call, gosandbox_event *event, gosandbox_action *out, void *payload) noexcept
{
    auto &asked = *static_cast<Asked *>(payload);
    try {
        Event e(*call, event);
        *out = asked.shared->callback(e).value();
    } catch (...) {
        std::lock_guard<std::mutex> lock(asked.mutex);
        if (!asked.thrown)
            asked.thrown = std::current_exception();
    }
}

// Frees a task, then what its callbacks used.
struct TaskFreed {
    std::shared_ptr<Asked> asked;
    void operator()(gosandbox_task *handle) const noexcept { gosandbox_task_free(handle); }
};

} // namespace detail

/* ---------------------------------------------------------------- config */

class Result;

// How a program is to be run. Setters return the config, so that they can be chained; one that throws changes nothing.
class Template;

class Config {
public:
    Config()
    {
        gosandbox_config *made = nullptr;
        detail::check(gosandbox_config_new(&made));
        handle_.reset(made);
    }
    // The same with the program and its arguments.
    explicit Config(const std::vector<std::string> &argv) : Config() { args(argv); }
    Config(std::initializer_list<std::string> argv) : Config(std::vector<std::string>(argv)) {}

    Config &args(const std::vector<std::string> &argv) { return strings(gosandbox_config_set_argv, argv); }
    Config &env(const std::vector<std::string> &env) { return strings(gosandbox_config_set_env, env); }
    Config &cwd(const std::filesystem::path &path) { return done(gosandbox_config_set_cwd(get(), path.c_str())); }
    Config &exec_fd(int host_fd) { return done(gosandbox_config_set_exec_fd(get(), host_fd)); }

    Config &stdin_bytes(Bytes b) { return done(gosandbox_config_set_stdin_bytes(get(), b.data(), b.size())); }
    Config &stdin_file(const std::filesystem::path &path) { return open(0, path, 0 /* O_RDONLY */); }
    Config &fd(int child, int host_fd) { return done(gosandbox_config_set_fd(get(), child, host_fd)); }
    // flags and mode as those of open(2)
    Config &open(int child, const std::filesystem::path &path, int flags, std::uint32_t mode = 0666)
    {
        return done(gosandbox_config_open_fd(get(), child, path.c_str(), flags, mode));
    }
    Config &dup(int child, int other) { return done(gosandbox_config_dup_fd(get(), child, other)); }
    Config &capture(int child, std::uint64_t max) { return done(gosandbox_config_capture(get(), child, max)); }

    // Files that the program finds when it starts; see gosandbox_config_put_bytes.
    Config &put(const std::filesystem::path &path, Bytes content, std::uint32_t mode = 0)
    {
        return done(gosandbox_config_put_bytes(get(), path.c_str(), content.data(), content.size(), mode));
    }
    Config &put_file(const std::filesystem::path &path, const std::filesystem::path &source, std::uint32_t mode = 0)
    {
        return done(gosandbox_config_put_file(get(), path.c_str(), source.c_str(), mode));
    }
    Config &put_fd(const std::filesystem::path &path, int host_fd, std::uint32_t mode = 0)
    {
        return done(gosandbox_config_put_fd(get(), path.c_str(), host_fd, mode));
    }
    // A new directory for each run, which is removed after it.
    Config &workspace(const std::filesystem::path &base = {}) { return done(gosandbox_config_set_workspace(get(), base.c_str())); }
    // What is taken of the files that the program leaves: into memory, unless the second form says otherwise. Result::files has them.
    Config &collect(const std::string &pattern, std::uint64_t max_bytes = 0)
    {
        struct gosandbox_collect c {};
        c.pattern = pattern.c_str();
        c.max_bytes = max_bytes;
        return collect(c);
    }
    Config &collect(struct gosandbox_collect what)
    {
        what.size = sizeof what;
        return done(gosandbox_config_collect(get(), &what));
    }

    // Nanoseconds, bytes or a number, as the limit asks for.
    Config &limit(Limit l, std::uint64_t value) { return done(gosandbox_config_set_limit(get(), static_cast<std::uint32_t>(l), value)); }
    // For cpu and wall alone: any other limit is no time.
    template <class Rep, class Period> Config &limit(Limit l, std::chrono::duration<Rep, Period> time)
    {
        auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
        if (l != Limit::cpu && l != Limit::wall)
            ns = -1; // refused by the library, as a negative time is
        return limit(l, static_cast<std::uint64_t>(ns));
    }
    // Walls that need no privilege: an OR of GOSANDBOX_WALL_..., and ports that stay open in those for TCP.
    Config &walls(std::uint32_t which) { return done(gosandbox_config_set_walls(get(), which)); }
    Config &open_port(std::uint32_t port, std::uint32_t which) { return done(gosandbox_config_open_port(get(), port, which)); }
    Config &process_action(Action a) { return done(gosandbox_config_set_process_action(get(), a.value())); }
    // What the result tells of the program's calls: an OR of GOSANDBOX_TRACE_..., and the bytes of lines that are kept.
    Config &trace(std::uint32_t flags, std::uint64_t max = 0) { return done(gosandbox_config_set_trace(get(), flags, max)); }
    // What the result tells beyond its stats; size is filled in.
    Config &record(struct gosandbox_record what)
    {
        what.size = sizeof what;
        return done(gosandbox_config_set_record(get(), &what));
    }
    Config &rlimit(int resource, std::uint64_t soft, std::uint64_t hard)
    {
        return done(gosandbox_config_set_rlimit(get(), resource, soft, hard));
    }
    Config &ids(std::uint32_t uid, std::uint32_t gid) { return done(gosandbox_config_set_ids(get(), uid, gid)); }
    Config &umask(std::uint32_t mask) { return done(gosandbox_config_set_umask(get(), mask)); }
    Config &affinity(const std::vector<std::uint32_t> &cpus)
    {
        return done(gosandbox_config_set_affinity(get(), cpus.size(), cpus.data()));
    }
    Config &nice(int value) { return done(gosandbox_config_set_nice(get(), value)); }

    // One of profiles(); the fallback is for calls that no rule names, defer() what the profile says.
    Config &policy(const std::string &profile, Action fallback = Action::defer())
    {
        return done(gosandbox_config_set_policy(get(), profile.c_str(), fallback.value()));
    }
    Config &rule(const std::string &call, Action action, const std::vector<struct gosandbox_cmp> &conditions = {},
                 std::uint32_t arch = GOSANDBOX_ARCH_NATIVE)
    {
        return done(gosandbox_config_add_rule(get(), arch, call.c_str(), action.value(), conditions.size(), conditions.data()));
    }

    // What the program is cut off from: an OR of GOSANDBOX_ISOLATE_..., and the directory that becomes its root. More by get().
    Config &isolation(std::uint32_t flags) { return done(gosandbox_config_set_isolation(get(), flags, nullptr)); }
    Config &isolation(std::uint32_t flags, const std::filesystem::path &root)
    {
        return done(gosandbox_config_set_isolation(get(), flags, root.c_str()));
    }
    Config &judge_root() { return done(gosandbox_config_use_judge_root(get())); }
    // Takes place in a template, which must live until the run is started.
    Config &in(const Template &t);

    // Decides about the calls whose rule is Action::notify(). It runs on threads of the library, and is kept as long as a task uses it.
    Config &callback(Callback f)
    {
        shared_ = std::make_shared<detail::Shared>();
        shared_->callback = std::move(f);
        return *this;
    }

    // The C handle, for what is not here; it stays the config's. NULL after a move. A callback set above is not in it.
    gosandbox_config *get() const noexcept { return handle_.get(); }

private:
    Config &done(int code)
    {
        detail::check(code);
        return *this;
    }
    template <class Setter> Config &strings(Setter set, const std::vector<std::string> &list)
    {
        std::vector<const char *> pointers;
        pointers.reserve(list.size() + 1);
        for (const auto &s : list) {
            if (s.find('\0') != std::string::npos)
                throw std::invalid_argument("gosandbox: a string with a NUL byte");
            pointers.push_back(s.c_str());
        }
        return done(set(get(), pointers.size(), pointers.data()));
    }

    friend class Task;
    friend class Group;
    friend Result run(const Config &config);
    std::unique_ptr<gosandbox_config, detail::Freed<gosandbox_config_free>> handle_;
    std::shared_ptr<detail::Shared> shared_; // nothing without a callback
};

// Isolation that is prepared once for many runs; from the isolation and the ids of a config. It may be destroyed while runs are in it.
class Template {
public:
    explicit Template(const Config &config)
    {
        gosandbox_template *made = nullptr;
        detail::check(gosandbox_template_new(config.get(), &made));
        handle_.reset(made);
    }
    gosandbox_template *get() const noexcept { return handle_.get(); }

private:
    std::unique_ptr<gosandbox_template, detail::Freed<gosandbox_template_free>> handle_;
};

inline Config &Config::in(const Template &t) { return done(gosandbox_config_set_template(get(), t.get())); }

/* ---------------------------------------------------------------- result */

// What became of a run.
class Result {
public:
    // Takes over a result of the C interface.
    explicit Result(gosandbox_result *owned) : handle_(owned, gosandbox_result_free)
    {
        stats_.size = sizeof stats_;
        detail::check(gosandbox_result_stats(owned, &stats_));
    }

    Status status() const noexcept { return static_cast<Status>(stats_.status); }
    // The program ended by itself with this exit code.
    bool exited(int code = 0) const noexcept { return status() == Status::exited && stats_.exit_code == code; }
    int exit_code() const noexcept { return stats_.exit_code; } // -1 unless the status is exited
    int signal() const noexcept { return stats_.signal; }       // 0 unless the status is signaled
    std::chrono::nanoseconds cpu() const noexcept { return std::chrono::nanoseconds(stats_.cpu); }
    std::chrono::nanoseconds wall() const noexcept { return std::chrono::nanoseconds(stats_.wall); }
    std::uint64_t memory_peak() const noexcept { return stats_.memory_peak; }
    // All figures, with their sources.
    const struct gosandbox_stats &stats() const noexcept { return stats_; }
    std::string_view message() const noexcept { return gosandbox_result_message(handle_.get()); }
    // What was captured from a descriptor; empty when it was not captured.
    Bytes output(int child = 1) const noexcept
    {
        std::size_t n = 0;
        const void *bytes = gosandbox_result_output(handle_.get(), child, &n);
        return bytes ? Bytes(bytes, n) : Bytes();
    }

    struct Violation {
        struct gosandbox_syscall call;
        std::string path; // the path argument, where there is one
        std::string_view name() const noexcept
        {
            const char *n = gosandbox_syscall_name(call.arch, call.nr);
            return n ? n : "?";
        }
    };
    // The call that ended a run with the status violation.
    std::optional<Violation> violation() const
    {
        Violation v{};
        char path[4096];
        v.call.size = sizeof v.call;
        if (detail::check(gosandbox_result_violation(handle_.get(), &v.call, path, sizeof path)) == 0)
            return std::nullopt;
        v.path = path;
        return v;
    }

    // How often each call was made, when that was asked for with gosandbox_config_set_trace; the most frequent first.
    std::vector<struct gosandbox_call_count> syscalls() const
    {
        std::vector<struct gosandbox_call_count> list(static_cast<std::size_t>(detail::check(gosandbox_result_syscalls(handle_.get(), nullptr, 0))));
        detail::check(gosandbox_result_syscalls(handle_.get(), list.data(), list.size()));
        return list;
    }
    // The lines of the trace, likewise.
    std::string_view trace() const noexcept
    {
        std::size_t n = 0;
        const char *text = gosandbox_result_trace(handle_.get(), &n, nullptr);
        return std::string_view(text, n);
    }

    // The timeline, and the table of processes, when they were asked for with record().
    std::vector<struct gosandbox_sample> timeline() const
    {
        std::vector<struct gosandbox_sample> list;
        struct gosandbox_sample s {};
        s.size = sizeof s;
        while (detail::check(gosandbox_result_sample(handle_.get(), list.size(), &s)) == 1)
            list.push_back(s);
        return list;
    }
    std::vector<struct gosandbox_process> processes() const
    {
        std::vector<struct gosandbox_process> list;
        struct gosandbox_process p {};
        p.size = sizeof p;
        while (detail::check(gosandbox_result_process(handle_.get(), list.size(), &p)) == 1)
            list.push_back(p);
        return list;
    }

    // A file that was collected, or why not; name and content are the result's.
    struct File {
        struct gosandbox_file file;
        std::string_view name() const noexcept { return file.name; }
        bool collected() const noexcept { return file.status == GOSANDBOX_FILE_COLLECTED; }
        std::string_view status() const noexcept { return gosandbox_file_status_name(file.status); }
        Bytes content() const noexcept { return file.content ? Bytes(file.content, static_cast<std::size_t>(file.bytes)) : Bytes(); }
    };
    std::vector<File> files() const
    {
        std::vector<File> list;
        File f{};
        f.file.size = sizeof f.file;
        for (std::size_t i = 0; detail::check(gosandbox_result_file(handle_.get(), i, &f.file)) == 1; i++)
            list.push_back(f);
        return list;
    }

    // What a member of a group did there.
    struct gosandbox_member member() const
    {
        struct gosandbox_member m {};
        m.size = sizeof m;
        detail::check(gosandbox_result_member(handle_.get(), &m));
        return m;
    }
    // Who hung up on a pipe of its group.
    struct gosandbox_hangup hangup(std::size_t pipe) const
    {
        struct gosandbox_hangup h {};
        h.size = sizeof h;
        detail::check(gosandbox_result_hangup(handle_.get(), pipe, &h));
        return h;
    }
    struct Piece {
        std::uint32_t pipe;
        std::chrono::nanoseconds at; // from the common start
        std::string bytes;           // none: the writer has hung up
    };
    // The transcript of its group.
    std::vector<Piece> dialogue() const
    {
        std::vector<Piece> list;
        struct gosandbox_piece p {};
        p.size = sizeof p;
        for (std::size_t i = 0; detail::check(gosandbox_result_piece(handle_.get(), i, &p)) == 1; i++)
            list.push_back({p.pipe, std::chrono::nanoseconds(p.at), p.n ? std::string(static_cast<const char *>(p.bytes), p.n) : std::string()});
        return list;
    }

    // The C handle; it stays the result's.
    const gosandbox_result *get() const noexcept { return handle_.get(); }

private:
    std::shared_ptr<gosandbox_result> handle_;
    struct gosandbox_stats stats_ {};
};

namespace detail {

// A failed run has a result as well, which the exception replaces.
inline Result finished(int code, gosandbox_result *r)
{
    if (code < 0) {
        std::unique_ptr<gosandbox_result, Freed<gosandbox_result_free>> unused(r);
        raise();
    }
    return Result(r);
}

} // namespace detail

/* ---------------------------------------------------------------- task, run */

// A run in progress. Its end kills what still lives, and waits for that.
class Task {
public:
    // Starts; a program that cannot be started is told by wait.
    explicit Task(const Config &config)
    {
        gosandbox_task *made = nullptr;
        if (config.shared_) {
            handle_.get_deleter().asked = std::make_shared<detail::Asked>();
            handle_.get_deleter().asked->shared = config.shared_;
            std::lock_guard<std::mutex> lock(config.shared_->starting); // start takes a snapshot
            detail::check(gosandbox_config_set_callback(config.get(), detail::ask, handle_.get_deleter().asked.get()));
            detail::check(gosandbox_start(config.get(), &made));
        } else {
            detail::check(gosandbox_start(config.get(), &made));
        }
        handle_.reset(made);
    }

    Result wait() const
    {
        gosandbox_result *r = nullptr;
        int code = gosandbox_task_wait(handle_.get(), -1, &r);
        return finished(code, r);
    }
    // Nothing when the time has passed first; the task goes on then.
    template <class Rep, class Period> std::optional<Result> wait_for(std::chrono::duration<Rep, Period> time) const
    {
        auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
        gosandbox_result *r = nullptr;
        int code = gosandbox_task_wait(handle_.get(), ns < 0 ? 0 : static_cast<std::int64_t>(ns), &r);
        if (code == GOSANDBOX_ETIMEDOUT)
            return std::nullopt;
        return finished(code, r);
    }
    void kill() const { detail::check(gosandbox_task_kill(handle_.get())); }
    int poll_fd() const { return detail::check(gosandbox_task_poll_fd(handle_.get())); }
    int pid() const { return detail::check(gosandbox_task_pid(handle_.get())); }
    gosandbox_task *get() const noexcept { return handle_.get(); }

private:
    Result finished(int code, gosandbox_result *r) const
    {
        if (const auto &asked = handle_.get_deleter().asked) {
            std::lock_guard<std::mutex> lock(asked->mutex);
            if (asked->thrown) {
                gosandbox_result_free(r);
                std::rethrow_exception(asked->thrown);
            }
        }
        return detail::finished(code, r);
    }
    std::unique_ptr<gosandbox_task, detail::TaskFreed> handle_;
};

inline Task start(const Config &config) { return Task(config); }

// Runs the program and blocks until it, and every process it made, is gone.
inline Result run(const Config &config)
{
    if (config.shared_)
        return Task(config).wait(); // the exception of a callback belongs to one run, so does the callback's payload
    gosandbox_result *r = nullptr;
    int code = gosandbox_run(config.get(), &r);
    return detail::finished(code, r);
}

/* ---------------------------------------------------------------- groups */

// Runs that are joined by pipes: see sandbox.h. Configs are added as they are; a change to one afterwards counts until run.
class Group {
public:
    Group() { how_.size = sizeof how_; }

    // Adds a member, which must outlive the group, and gives its index. One with a callback of C++ is refused: use the C interface for those.
    std::uint32_t add(const Config &member)
    {
        if (member.shared_)
            throw std::invalid_argument("gosandbox: a member of a group with a C++ callback");
        members_.push_back(member.get());
        return static_cast<std::uint32_t>(members_.size() - 1);
    }
    // What `from` writes to its descriptor from_fd, `to` reads from its to_fd.
    Group &pipe(std::uint32_t from, int from_fd, std::uint32_t to, int to_fd, std::uint64_t capacity = 0, bool recorded = true)
    {
        struct gosandbox_pipe p {};
        p.size = sizeof p;
        p.flags = recorded ? 0 : GOSANDBOX_PIPE_UNRECORDED;
        p.from = from;
        p.from_fd = from_fd;
        p.to = to;
        p.to_fd = to_fd;
        p.capacity = capacity;
        pipes_.push_back(p);
        return *this;
    }
    // The standard output of each is the standard input of the other.
    Group &connect(std::uint32_t one, std::uint32_t other) { return pipe(one, 1, other, 0).pipe(other, 1, one, 0); }

    Group &wall(std::chrono::nanoseconds time) { return set(how_.wall, time); }
    // The group ends, after the grace, when any member has, or this one.
    Group &end_with_first(std::chrono::nanoseconds grace = {})
    {
        how_.ending = GOSANDBOX_ENDING_FIRST;
        return set(how_.grace, grace);
    }
    Group &end_with(std::uint32_t member, std::chrono::nanoseconds grace = {})
    {
        how_.ending = GOSANDBOX_ENDING_MEMBER;
        how_.member = member;
        return set(how_.grace, grace);
    }
    Group &transcript(std::uint64_t max)
    {
        how_.transcript = max;
        return *this;
    }
    // A deadlock is left to the wall limit.
    Group &patient()
    {
        how_.flags |= GOSANDBOX_GROUP_PATIENT;
        return *this;
    }

    // Runs all members until they are gone; a Result for each.
    std::vector<Result> run() const
    {
        std::vector<gosandbox_result *> raw(members_.size() + 1);
        int code = gosandbox_run_group_with(&how_, members_.size(), members_.data(), pipes_.data(), pipes_.size(), raw.data());
        std::vector<std::unique_ptr<gosandbox_result, detail::Freed<gosandbox_result_free>>> owned;
        for (std::size_t i = 0; i < members_.size(); i++)
            owned.emplace_back(raw[i]);
        detail::check(code);
        std::vector<Result> results;
        for (auto &r : owned)
            results.emplace_back(r.release());
        return results;
    }

private:
    Group &set(std::uint64_t &field, std::chrono::nanoseconds time)
    {
        if (time.count() < 0)
            throw std::invalid_argument("gosandbox: a negative time");
        field = static_cast<std::uint64_t>(time.count());
        return *this;
    }
    struct gosandbox_group how_ {};
    std::vector<const gosandbox_config *> members_;
    std::vector<struct gosandbox_pipe> pipes_;
};

} // namespace gosandbox

#endif // GOSANDBOX_SANDBOX_HPP
