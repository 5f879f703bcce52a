// expect: RTE
package main

func main() {
	var counts map[string]int
	counts["word"]++
}
