// expect: CE
// What the compiler says about a file tells what is in it.
#include "/etc/passwd"
