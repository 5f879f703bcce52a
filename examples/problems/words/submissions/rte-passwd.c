// expect: RTE
// Looks who else is there.
#include <stdio.h>

int main(void)
{
    FILE *file = fopen("/etc/passwd", "r");
    char line[200];

    if (!file) {
        perror("/etc/passwd");
        return 1;
    }
    while (fgets(line, sizeof line, file))
        fputs(line, stdout);
    return 0;
}
