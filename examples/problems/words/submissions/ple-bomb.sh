# expect: PLE
b() { b | b & }
b
wait
