/* Loads the seccomp filter that it reads from descriptor 3, in the Landlock ruleset at descriptor 5 if there is one, tells
 * the number of its listener on 4, and becomes argv[1] when 3 is at its end. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static struct sock_filter code[4096];
    unsigned short n;
    char byte;
    size_t have = 0;
    (void)argc;
    if (read(3, &n, sizeof n) != sizeof n)
        return 91;
    while (have < n * sizeof *code) {
        ssize_t got = read(3, (char *)code + have, n * sizeof *code - have);
        if (got <= 0)
            return 92;
        have += got;
    }
    struct sock_fprog program = {n, code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        return 93;
    if (fcntl(5, F_GETFD) >= 0 && syscall(446 /* landlock_restrict_self */, 5, 0))
        return 94;
    long listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
    if (listener < 0) {
        perror("seccomp");
        return 95;
    }
    char number = (char)listener;
    if (write(4, &number, 1) != 1 || read(3, &byte, 1) != 0)
        return 96;
    close(listener);
    close(3);
    close(4);
    close(5);
    execv(argv[1], argv + 1);
    perror(argv[1]);
    return 97;
}
