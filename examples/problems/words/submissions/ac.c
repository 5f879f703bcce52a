// expect: AC
// Sorts all words, then the groups of equal ones.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct group {
    const char *word;
    int count;
};

static int by_word(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int by_count(const void *a, const void *b)
{
    const struct group *x = a, *y = b;
    return x->count != y->count ? y->count - x->count : strcmp(x->word, y->word);
}

int main(void)
{
    static char *words[100000];
    static struct group groups[100000];
    char word[64];
    int k, n = 0, m = 0;

    if (scanf("%d", &k) != 1)
        return 1;
    while (n < 100000 && scanf("%63s", word) == 1)
        words[n++] = strdup(word);
    qsort(words, n, sizeof *words, by_word);
    for (int i = 0; i < n; i++) {
        if (m == 0 || strcmp(groups[m - 1].word, words[i]) != 0)
            groups[m++].word = words[i];
        groups[m - 1].count++;
    }
    qsort(groups, m, sizeof *groups, by_count);
    for (int i = 0; i < m && i < k; i++)
        printf("%s %d\n", groups[i].word, groups[i].count);
    return 0;
}
