// expect: CE
// Doubled forty times: a line of a terabyte.
#define A(x) x + x
#define B(x) A(A(A(A(x))))
#define C(x) B(B(B(B(B(x)))))
int main(void)
{
    return C(C(1));
}
