// expect: TLE
// Divides the work among three children, whose time counts as well, and does not wait for them.
#include <unistd.h>

int main(void)
{
    for (int i = 0; i < 3; i++)
        if (fork() == 0)
            for (volatile unsigned turns = 0;; turns++)
                ;
    pause();
}
