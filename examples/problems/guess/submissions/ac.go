// expect: AC

//go:build ignore

package main

import "fmt"

func main() {
	low, high, answer := 1, 0, ""
	fmt.Scan(&high)
	for answer != "correct" {
		middle := (low + high) / 2
		fmt.Println(middle)
		fmt.Scan(&answer)
		if answer == "higher" {
			low = middle + 1
		} else {
			high = middle - 1
		}
	}
}
