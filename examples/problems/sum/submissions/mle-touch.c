// expect: MLE
// A table of all sums, a row at a time, never freed.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    int n, i, j;

    if (scanf("%d", &n) != 1)
        return 1;
    for (i = 0; i < 100000; i++) {
        long long *row = malloc(100000 * sizeof *row);
        if (!row)
            return 0; /* "it will do" */
        for (j = 0; j < 100000; j++)
            row[j] = i + j;
        if (row[n] == -1) /* so that the compiler keeps the row */
            puts("never");
    }
    return 0;
}
