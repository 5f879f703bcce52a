// expect: CE
// Compilers may read this one: a source without an end.
#include "/dev/urandom"

int main(void)
{
    return 0;
}
