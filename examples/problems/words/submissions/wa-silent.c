// expect: WA
// Says nothing at all, and that it went well.
int main(void)
{
    return 0;
}
