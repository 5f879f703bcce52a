// expect: MLE
const kept = [];
for (;;) kept.push(Buffer.alloc(1 << 20, kept.length));
