/* text.c: printing strings that a stranger chose. */
#include "text.h"

#include <signal.h>
#include <string.h>

/* Length of the valid UTF-8 sequence that the string begins with, 0 when it is not one. The string ends with a NUL, which
 * is no continuation byte, so nothing is read beyond it. */
static size_t utf8_length(const unsigned char *s)
{
    size_t length, i;
    unsigned char low = 0x80, high = 0xbf; /* bounds of the second byte */

    if (s[0] < 0x80)
        return 1;
    if (s[0] >= 0xc2 && s[0] <= 0xdf) {
        length = 2;
    } else if (s[0] >= 0xe0 && s[0] <= 0xef) {
        length = 3;
        if (s[0] == 0xe0)
            low = 0xa0; /* no overlong forms */
        if (s[0] == 0xed)
            high = 0x9f; /* no surrogates */
    } else if (s[0] >= 0xf0 && s[0] <= 0xf4) {
        length = 4;
        if (s[0] == 0xf0)
            low = 0x90;
        if (s[0] == 0xf4)
            high = 0x8f; /* nothing above U+10FFFF */
    } else {
        return 0;
    }
    if (s[1] < low || s[1] > high)
        return 0;
    for (i = 2; i < length; i++)
        if (s[i] < 0x80 || s[i] > 0xbf)
            return 0;
    return length;
}

void put_json(FILE *to, const char *text)
{
    const unsigned char *s = (const unsigned char *)text;

    putc('"', to);
    while (*s) {
        size_t length = utf8_length(s);
        if (length == 0) {
            fputs("\\ufffd", to);
            s++;
            continue;
        }
        if (*s == '"' || *s == '\\')
            fprintf(to, "\\%c", *s);
        else if (*s < 0x20 || *s == 0x7f)
            fprintf(to, "\\u%04x", (unsigned)*s);
        else
            fwrite(s, 1, length, to);
        s += length;
    }
    putc('"', to);
}

size_t put_printable(FILE *to, const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t columns = 0;

    while (*s) {
        size_t length = utf8_length(s);
        int c1_control = length == 2 && s[0] == 0xc2 && s[1] < 0xa0; /* U+0080..U+009F, e.g. CSI */
        char escaped[8];

        if (length == 0 || *s < 0x20 || *s == 0x7f || c1_control) {
            snprintf(escaped, sizeof escaped, "\\x%02x", (unsigned)*s);
            length = 1;
        } else if (*s == '\\') {
            strcpy(escaped, "\\\\");
        } else {
            escaped[0] = '\0';
        }
        columns += *escaped ? strlen(escaped) : 1;
        if (to && *escaped)
            fputs(escaped, to);
        else if (to)
            fwrite(s, 1, length, to);
        s += length;
    }
    return columns;
}

const char *signal_name(int number)
{
    static const struct { int number; const char *name; } names[] = {
        {SIGHUP, "SIGHUP"}, {SIGINT, "SIGINT"}, {SIGQUIT, "SIGQUIT"}, {SIGILL, "SIGILL"}, {SIGTRAP, "SIGTRAP"},
        {SIGABRT, "SIGABRT"}, {SIGBUS, "SIGBUS"}, {SIGFPE, "SIGFPE"}, {SIGKILL, "SIGKILL"}, {SIGUSR1, "SIGUSR1"},
        {SIGSEGV, "SIGSEGV"}, {SIGUSR2, "SIGUSR2"}, {SIGPIPE, "SIGPIPE"}, {SIGALRM, "SIGALRM"},
        {SIGTERM, "SIGTERM"}, {SIGCHLD, "SIGCHLD"}, {SIGCONT, "SIGCONT"}, {SIGSTOP, "SIGSTOP"},
        {SIGTSTP, "SIGTSTP"}, {SIGTTIN, "SIGTTIN"}, {SIGTTOU, "SIGTTOU"}, {SIGURG, "SIGURG"},
        {SIGXCPU, "SIGXCPU"}, {SIGXFSZ, "SIGXFSZ"}, {SIGVTALRM, "SIGVTALRM"}, {SIGPROF, "SIGPROF"},
        {SIGSYS, "SIGSYS"},
#ifdef SIGSTKFLT
        {SIGSTKFLT, "SIGSTKFLT"},
#endif
#ifdef SIGWINCH
        {SIGWINCH, "SIGWINCH"},
#endif
#ifdef SIGIO
        {SIGIO, "SIGIO"},
#endif
#ifdef SIGPWR
        {SIGPWR, "SIGPWR"},
#endif
    };
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].number == number)
            return names[i].name;
    return number >= 32 && number <= 64 ? "SIGRT" : "SIG?";
}
