// expect: AC

//go:build ignore

package main

import (
	"bufio"
	"fmt"
	"os"
	"sort"
)

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Split(bufio.ScanWords)
	in.Scan()
	var k int
	fmt.Sscan(in.Text(), &k)
	counts := map[string]int{}
	var order []string
	for in.Scan() {
		if counts[in.Text()] == 0 {
			order = append(order, in.Text())
		}
		counts[in.Text()]++
	}
	sort.Slice(order, func(i, j int) bool {
		a, b := order[i], order[j]
		return counts[a] > counts[b] || counts[a] == counts[b] && a < b
	})
	for i := 0; i < len(order) && i < k; i++ {
		fmt.Println(order[i], counts[order[i]])
	}
}
