// expect: WTL
// Reads from a pipe that only the program itself could write to.
#include <unistd.h>

int main(void)
{
    int ends[2];
    char c;

    return pipe(ends) != 0 || read(ends[0], &c, 1) != 1;
}
