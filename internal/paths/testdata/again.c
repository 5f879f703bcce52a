// Opens a file again and again: each open must give that file, as a descriptor of its own. Prints how often it did not.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int wrong = 0;
    for (int i = argc > 2 ? atoi(argv[2]) : 0; i > 0; i--) {
        char c = 0;
        int fd = open(argv[1], O_RDONLY);
        wrong += fd <= 2 || read(fd, &c, 1) != 1 || c != 'x';
        if (fd > 2)
            close(fd);
    }
    printf("%d wrong\n", wrong);
}
