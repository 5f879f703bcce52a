/* compare.c: is the answer right? */
#include "judge.h"

#include <errno.h>
#include <string.h>

#define SHOWN 24 /* bytes of a token that a detail shows */

/* A token as far as it is shown. */
struct shown {
    char text[SHOWN + 4];
    size_t n;
};

static int is_space(int c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void show(struct shown *shown, int c)
{
    if (shown->n < SHOWN)
        shown->text[shown->n] = c ? (char)c : '?';
    shown->n++;
}

static const char *shown_text(struct shown *shown)
{
    if (shown->n == 0)
        return "the end";
    if (shown->n > SHOWN)
        strcpy(shown->text + SHOWN, "...");
    else
        shown->text[shown->n] = '\0';
    return shown->text;
}

/* Where in the answer we are; the same interface as getc for the file. */
struct cursor {
    const unsigned char *at, *end;
};

static int next(struct cursor *cursor)
{
    return cursor->at < cursor->end ? *cursor->at++ : EOF;
}

/* Tokens are what white space separates. Both sides are read once, in step, so memory does not depend on their length. */
static enum match compare_tokens(struct cursor answer, FILE *file, char detail[SHORT_TEXT])
{
    unsigned long token;

    for (token = 1;; token++) {
        struct shown got = {.n = 0}, right = {.n = 0};
        int a, b, same = 1;

        do
            a = next(&answer);
        while (is_space(a));
        do
            b = getc(file);
        while (is_space(b));
        while ((a != EOF && !is_space(a)) || (b != EOF && !is_space(b))) {
            int in_a = a != EOF && !is_space(a), in_b = b != EOF && !is_space(b);
            if (!in_a || !in_b || a != b)
                same = 0;
            if (in_a) {
                show(&got, a);
                a = next(&answer);
            }
            if (in_b) {
                show(&right, b);
                b = getc(file);
            }
            if (!same && (!in_a || got.n > SHOWN) && (!in_b || right.n > SHOWN))
                break; /* enough to show */
        }
        if (!same) {
            snprintf(detail, SHORT_TEXT, "token %lu is %s, expected %s", token, shown_text(&got),
                     shown_text(&right));
            return MATCH_WRONG;
        }
        if (a == EOF && b == EOF)
            return MATCH_RIGHT;
    }
}

/* Byte for byte. */
static enum match compare_exact(struct cursor answer, FILE *file, char detail[SHORT_TEXT])
{
    unsigned long line = 1, column = 1;

    for (;;) {
        int a = next(&answer), b = getc(file);
        if (a != b) {
            const char *what = a == EOF ? "the answer ends" : b == EOF ? "the answer goes on" : "the answer differs";
            snprintf(detail, SHORT_TEXT, "%s at line %lu, byte %lu", what, line, column);
            return MATCH_WRONG;
        }
        if (a == EOF)
            return MATCH_RIGHT;
        column++;
        if (a == '\n') {
            line++;
            column = 1;
        }
    }
}

enum match compare(enum checker checker, const char *answer, size_t n, const char *path, char detail[SHORT_TEXT])
{
    struct cursor cursor = {(const unsigned char *)answer, (const unsigned char *)answer + n};
    FILE *file = fopen(path, "r");
    enum match match;

    if (!file) {
        snprintf(detail, SHORT_TEXT, "%s: %s", path, strerror(errno));
        return MATCH_UNREADABLE;
    }
    *detail = '\0';
    if (checker == CHECKER_TOKENS) {
        match = compare_tokens(cursor, file, detail);
    } else {
        match = compare_exact(cursor, file, detail);
        if (match == MATCH_WRONG) {
            char ignored[SHORT_TEXT];
            rewind(file);
            if (compare_tokens(cursor, file, ignored) == MATCH_RIGHT)
                match = MATCH_SPACING;
        }
    }
    if (ferror(file)) { /* getc gave EOF for it: whatever was found means nothing */
        snprintf(detail, SHORT_TEXT, "%s: cannot be read", path);
        match = MATCH_UNREADABLE;
    }
    fclose(file);
    return match;
}
