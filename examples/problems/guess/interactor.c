/* The interactor of this problem: the test on descriptor 3, exit code 42 for right and 43 for wrong, on stderr why. */
#include <ctype.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { RIGHT = 42, WRONG = 43, BROKEN = 1, MOST = 20, LONGEST = 24 };

static void end(int code, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    exit(code);
}

static void say(const char *line)
{
    if (puts(line) < 0 || fflush(stdout) != 0)
        end(WRONG, "stopped listening");
}

/* The next token; what strangers write may be anything, without an end. */
static long read_guess(int asked)
{
    char token[LONGEST + 1], *rest;
    int n = 0, c;
    long guess;

    while ((c = getchar()) != EOF && isspace(c))
        ;
    for (; c != EOF && !isspace(c); c = getchar()) {
        if (n == LONGEST)
            end(WRONG, "guess %d is longer than %d bytes", asked, LONGEST);
        token[n++] = (char)(isprint(c) ? c : '?');
    }
    token[n] = '\0';
    if (n == 0)
        end(WRONG, "hung up after %d guesses", asked - 1);
    guess = strtol(token, &rest, 10);
    if (*rest)
        end(WRONG, "guess %d is no number: %s", asked, token);
    return guess;
}

int main(void)
{
    FILE *test = fdopen(3, "r");
    long largest, number;
    char line[32];

    if (!test || fscanf(test, "%ld %ld", &largest, &number) != 2)
        end(BROKEN, "the test cannot be read");
    signal(SIGPIPE, SIG_IGN);
    snprintf(line, sizeof line, "%ld", largest);
    say(line);
    for (int asked = 1; asked <= MOST; asked++) {
        long guess = read_guess(asked);
        if (guess == number) {
            say("correct");
            end(RIGHT, "%d guesses", asked);
        }
        say(guess < number ? "higher" : "lower");
    }
    end(WRONG, "more than %d guesses", MOST);
}
