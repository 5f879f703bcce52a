// expect: RTE
int main(void)
{
    volatile int words = 0;

    return 100 / words;
}
