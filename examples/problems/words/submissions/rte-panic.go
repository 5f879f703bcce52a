// expect: RTE

//go:build ignore

package main

func main() {
	var counts map[string]int
	counts["word"]++
}
