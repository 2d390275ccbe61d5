// Garbage and hot loops: trees, big slices, finalizers, pools, maps, sorting, deep stacks, generics, profiling signals.
package main

import (
	"container/heap"
	"fmt"
	"io"
	"math/rand"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"sort"
	"strings"
	"sync"
)

type node struct{ left, right *node }

func tree(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{tree(depth - 1), tree(depth - 1)}
}

func (n *node) count() int {
	if n == nil {
		return 0
	}
	return 1 + n.left.count() + n.right.count()
}

type ints []int

func (h ints) Len() int           { return len(h) }
func (h ints) Less(i, j int) bool { return h[i] < h[j] }
func (h ints) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *ints) Push(x any)        { *h = append(*h, x.(int)) }
func (h *ints) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

func sum[T int | float64](values []T) (total T) {
	for _, value := range values {
		total += value
	}
	return
}

func deep(n int) int {
	var frame [64]int
	frame[n%64] = n
	if n == 0 {
		return 0
	}
	return 1 + deep(n-1) + frame[(n+1)%64]
}

func check(good bool) {
	if !good {
		panic("check")
	}
}

func main() {
	check(pprof.StartCPUProfile(io.Discard) == nil) // setitimer and SIGPROF
	var group sync.WaitGroup
	var mutex sync.Mutex
	nodes := 0
	for i := 0; i < 8; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for j := 0; j < 10; j++ {
				n := tree(13).count()
				mutex.Lock()
				nodes += n
				mutex.Unlock()
			}
		}()
	}
	group.Wait()
	fmt.Println("nodes", nodes)
	for i := 0; i < 50; i++ {
		block := make([]byte, 16<<20)
		block[i] = 1
	}
	finalized := make(chan bool, 100)
	for i := 0; i < 100; i++ {
		runtime.SetFinalizer(&node{left: &node{}}, func(*node) { finalized <- true })
	}
	for i := 0; i < 50; i++ {
		runtime.GC()
		select {
		case <-finalized:
			i = 50
		default:
		}
	}
	debug.FreeOSMemory()
	fmt.Println("deep", deep(100000))
	random := rand.New(rand.NewSource(1))
	numbers := make([]int, 500000)
	for i := range numbers {
		numbers[i] = random.Int()
	}
	queue := append(ints{}, numbers[:50000]...)
	heap.Init(&queue)
	sort.Ints(numbers[:50000])
	for _, n := range numbers[:50000] {
		check(heap.Pop(&queue).(int) == n)
	}
	sort.Slice(numbers, func(i, j int) bool { return numbers[i] > numbers[j] })
	check(sort.SliceIsSorted(numbers, func(i, j int) bool { return numbers[i] > numbers[j] }))
	fmt.Println("sorted", len(numbers), sum([]float64{0.5, 0.25}), sum(numbers[:2]) != 0)
	words := map[string]int{}
	for i := 0; i < 300000; i++ {
		words[fmt.Sprintf("word%d", i*7919%997)]++
	}
	fmt.Println("words", len(words), words["word7"])
	composite, primes := make([]bool, 5000000), 0
	for n := 2; n < len(composite); n++ {
		if composite[n] {
			continue
		}
		primes++
		for m := n * n; m < len(composite); m += n {
			composite[m] = true
		}
	}
	fmt.Println("primes", primes)
	var text strings.Builder
	for i := 0; i < 1000000; i++ {
		text.WriteByte(byte('a' + i%26))
	}
	fmt.Println("text", text.Len(), strings.Count(text.String(), "xyz"))
	pprof.StopCPUProfile()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	check(stats.NumGC > 0)
}
