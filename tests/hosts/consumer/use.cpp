// The same in C++.
#include <gosandbox/sandbox.hpp>
#include <cstdio>

int main()
{
    auto r = gosandbox::run(gosandbox::Config{"/bin/echo", "consumed"}.capture(1, 100));
    std::fwrite(r.output().data(), 1, r.output().size(), stdout);
    return r.exited() ? 0 : 1;
}
