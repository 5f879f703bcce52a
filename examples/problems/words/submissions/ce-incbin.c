// expect: CE
// Puts a file of the judge's into the program.
#include <stdio.h>

__asm__(".globl stolen\nstolen: .incbin \"/etc/passwd\"\n.byte 0\n");
extern const char stolen[];

int main(void)
{
    puts(stolen);
    return 0;
}
