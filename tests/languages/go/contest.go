// What contest programs do, and what hostile ones try; ../README.md has the list.
package main

import (
	"bufio"
	crand "crypto/rand"
	"fmt"
	"math/big"
	"math/rand"
	"net"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"
)

var seed uint64 = 42

func next() uint64 {
	seed = seed * 48271 % 2147483647
	return seed
}

func input() {
	in := bufio.NewReader(os.Stdin)
	var n, v, sum, max int
	fmt.Fscan(in, &n)
	for i := 0; i < n; i++ {
		fmt.Fscan(in, &v)
		sum += v
		if v > max {
			max = v
		}
	}
	fmt.Println(n, sum, max)
}

func deep(n int) int {
	if n == 0 {
		return 0
	}
	return 1 + deep(n-1)
}

func threads() {
	var wait sync.WaitGroup
	var lock sync.Mutex
	total := 0
	for i := 0; i < 4; i++ {
		wait.Add(1)
		go func(i int) {
			defer wait.Done()
			runtime.LockOSThread()
			sum := 0
			for k := 1; k <= 10000; k++ {
				sum += k * i
			}
			lock.Lock()
			total += sum
			lock.Unlock()
		}(i)
	}
	wait.Wait()
	fmt.Println(total)
}

func exceptions() {
	count := 0
	for i := 0; i < 1000; i++ {
		func() {
			defer func() {
				if recover() != nil {
					count++
				}
			}()
			if i%2 == 0 {
				var p *int
				*p = 1 // a real SIGSEGV
			}
			panic("thrown")
		}()
	}
	fmt.Println(count)
}

func regular() {
	count, digits := 0, 0
	for _, m := range regexp.MustCompile("[a-z][0-9]+").FindAllString(strings.Repeat("a1 b22 c333 d4444 ", 100), -1) {
		count++
		digits += len(m) - 1
	}
	fmt.Println(count, digits)
}

func bignum() {
	sum := 0
	for _, c := range new(big.Int).Exp(big.NewInt(2), big.NewInt(1000), nil).String() {
		sum += int(c - '0')
	}
	fmt.Println(sum)
}

func ok(yes bool) {
	if yes {
		fmt.Println("ok")
	} else {
		fmt.Println("wrong")
	}
}

func timing() {
	begin := time.Now()
	select {
	case <-time.After(20 * time.Millisecond):
	}
	took := time.Since(begin)
	ok(took >= 20*time.Millisecond && took < time.Minute)
}

func random() {
	seen := map[int]bool{}
	for i := 0; i < 1000; i++ {
		seen[rand.Intn(100)] = true
	}
	var bytes [16]byte
	_, err := crand.Read(bytes[:])
	ok(len(seen) > 50 && err == nil)
}

func sorted() {
	v := make([]uint64, 100000)
	for i := range v {
		v[i] = next()
	}
	sort.Slice(v, func(i, j int) bool { return v[i] < v[j] })
	fmt.Println(v[0], v[50000], v[99999])
}

func hash() {
	count, most := map[uint64]int{}, 0
	for i := 0; i < 100000; i++ {
		key := next() % 1000
		count[key]++
		if count[key] > most {
			most = count[key]
		}
	}
	fmt.Println(len(count), most)
}

func output() {
	out := bufio.NewWriter(os.Stdout)
	for i := 1; i <= 20000; i++ {
		fmt.Fprintln(out, i)
		if i%1000 == 0 {
			out.Flush()
		}
	}
}

func answer(err error) {
	if err != nil {
		fmt.Println("refused")
	} else {
		fmt.Println("made it")
	}
}

func main() {
	topic := ""
	if len(os.Args) > 1 {
		topic = os.Args[1]
	}
	run := map[string]func(){
		"input": input, "recursion": func() { fmt.Println(deep(100000)) }, "threads": threads, "exceptions": exceptions,
		"regex": regular, "bignum": bignum, "timing": timing, "random": random, "sort": sorted, "hash": hash, "output": output,
		"shell":  func() { answer(exec.Command("/bin/sh", "-c", "echo escaped").Run()) },
		"socket": func() { _, err := net.Listen("tcp", "127.0.0.1:0"); answer(err) },
		"ptrace": func() { answer(syscall.PtraceAttach(os.Getppid())) },
	}[topic]
	if run == nil {
		os.Exit(2)
	}
	run()
}
