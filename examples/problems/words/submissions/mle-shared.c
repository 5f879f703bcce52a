// expect: MLE
// Memory that is shared with a child, and caught in neither by a look at what is theirs alone.
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
    size_t size = (size_t)1 << 30;
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        return 1;
    memset(memory + (fork() == 0 ? 0 : size / 2), 1, size / 2);
    pause();
}
