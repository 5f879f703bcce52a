// expect: CE
// Two templates from each one, 800 deep: no compiler has the memory.
template <int Depth, int Width> struct Tree {
    typedef typename Tree<Depth - 1, 2 * Width % 1000003>::Type Left;
    typedef typename Tree<Depth - 1, (2 * Width + 1) % 1000003>::Type Right;
    typedef Tree Type;
};
template <int Width> struct Tree<0, Width> {
    typedef Tree Type;
};

Tree<800, 1>::Type tree;

int main()
{
}
