// expect: CE
int main(void) { return guess(); }
