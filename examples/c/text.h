/* text.h: printing strings that a stranger chose: file names, arguments, output of programs. */
#ifndef EXAMPLES_TEXT_H
#define EXAMPLES_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* Writes the string as a JSON string, quotes included. What is not UTF-8 becomes U+FFFD, so the result is always valid
 * JSON. */
void put_json(FILE *to, const char *text);

/* Writes the string for a terminal or a log, on one line whatever it holds: control characters and bytes that are not
 * UTF-8 become \xNN, a backslash is doubled. Returns the number of columns, counting one for each character; with NULL for
 * the stream that is all it does. */
size_t put_printable(FILE *to, const char *text);

/* "SIGSEGV" for 11; "SIGRT" for the real-time signals, "SIG?" for what is no signal. */
const char *signal_name(int number);

#endif
