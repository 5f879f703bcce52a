// expect: CE

//go:build ignore

package main

import "fmt"

func main() {
}
