/* units.c: numbers with a unit, as people write them. */
#include "units.h"

#include <stddef.h>
#include <string.h>

#define LARGEST ((uint64_t)INT64_MAX)

/* Reads digits into *value; returns what follows them, NULL when the number is too large. */
static const char *read_digits(const char *text, uint64_t *value)
{
    *value = 0;
    for (; *text >= '0' && *text <= '9'; text++) {
        uint64_t digit = (uint64_t)(*text - '0');
        if (*value > (LARGEST - digit) / 10)
            return NULL;
        *value = *value * 10 + digit;
    }
    return text;
}

const char *parse_duration(const char *text, uint64_t *out)
{
    static const char *const too_large = "too long a time", *const refused =
        "not a time: write seconds as 2 or 0.5, or 500ms, 250us";
    static const struct { const char *name; uint64_t ns; } units[] = {
        {"", 1000000000}, {"s", 1000000000}, {"ms", 1000000}, {"us", 1000},
    };
    const char *point = NULL, *fraction = NULL, *unit;
    uint64_t whole, ns = 0, place;
    size_t i;

    if (*text < '0' || *text > '9')
        return refused;
    unit = point = read_digits(text, &whole);
    if (!point)
        return too_large;
    if (*point == '.') {
        fraction = point + 1;
        unit = fraction + strspn(fraction, "0123456789");
        if (unit == fraction)
            return refused;
    }
    for (i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(unit, units[i].name) == 0)
            break;
    if (i == sizeof units / sizeof *units)
        return refused;
    if (whole > LARGEST / units[i].ns)
        return too_large;
    /* Digits below a nanosecond are dropped. */
    for (place = units[i].ns / 10; fraction && fraction < unit && place > 0; fraction++, place /= 10)
        ns += (uint64_t)(*fraction - '0') * place;
    if (whole * units[i].ns > LARGEST - ns)
        return too_large;
    ns += whole * units[i].ns;
    if (ns == 0)
        return "must be more than 0";
    *out = ns;
    return NULL;
}

const char *parse_size(const char *text, uint64_t *out)
{
    static const char *const refused = "not a size: write bytes as 65536, or 64k, 256m, 1g";
    static const char letters[] = "kmgt";
    const char *unit, *letter;
    uint64_t value;
    unsigned shift = 0;

    if (*text < '0' || *text > '9')
        return refused;
    unit = read_digits(text, &value);
    if (!unit)
        return "too large a size";
    if (*unit) {
        char lower = *unit >= 'A' && *unit <= 'Z' ? (char)(*unit - 'A' + 'a') : *unit;
        letter = strchr(letters, lower);
        if (!letter || unit[1])
            return refused;
        shift = 10 * (unsigned)(letter - letters + 1);
    }
    if (value > LARGEST >> shift)
        return "too large a size";
    *out = value << shift;
    return NULL;
}

const char *parse_count(const char *text, uint64_t low, uint64_t high, uint64_t *out)
{
    const char *end;
    uint64_t value;

    if (*text < '0' || *text > '9')
        return "not a whole number";
    end = read_digits(text, &value);
    if (end && *end)
        return "not a whole number";
    if (!end || value > high)
        return "too large a number";
    if (value < low)
        return "too small a number";
    *out = value;
    return NULL;
}
