// expect: MLE
// One huge malloc whose result nobody checks. Whether malloc refuses (and the program crashes on NULL) or the memory
// is used up while it is filled: the reason is the memory limit, so the verdict is MLE and not RTE.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    size_t size = (size_t)1 << 30;
    char *seen = malloc(size);
    int n, x, different = 0;

    memset(seen, 0x55, size);
    if (scanf("%d", &n) != 1)
        return 1;
    while (n-- > 0 && scanf("%d", &x) == 1) {
        different += seen[(unsigned)x % size] == 0x55;
        seen[(unsigned)x % size] = 1;
    }
    printf("%d\n", different);
    return 0;
}
