/* units.h: numbers with a unit, as people write them. */
#ifndef EXAMPLES_UNITS_H
#define EXAMPLES_UNITS_H

#include <stdint.h>

/*
 * Each returns NULL and sets *out, or returns the reason why the text is refused and leaves *out alone. No signs, spaces,
 * exponents or hexadecimal digits are taken, and nothing wraps around: every result is below 2^63.
 */
/* Seconds, fractions allowed, or with a unit: "2", "0.5", "500ms", "250us", "2s". In nanoseconds, above 0. */
const char *parse_duration(const char *text, uint64_t *out);
/* Bytes, or with a binary unit: "65536", "64k", "256m", "1g". May be 0. */
const char *parse_size(const char *text, uint64_t *out);
/* A plain number from low to high. */
const char *parse_count(const char *text, uint64_t low, uint64_t high, uint64_t *out);

#endif
