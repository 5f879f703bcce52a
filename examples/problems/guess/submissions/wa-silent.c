// expect: WA
// Says nothing and ends.
int main(void) { return 0; }
