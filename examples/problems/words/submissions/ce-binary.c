// expect: CE
// A program of eight gigabytes.
int words[1 << 30] = {1};
int more[1 << 30] = {1};

int main(void)
{
    return words[1] + more[1];
}
