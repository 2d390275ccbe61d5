// Goroutines: many of them, channels, locks, pools, contexts, atomics, blocking threads, deadlines, panics.
package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

func check(good bool, what string) {
	if !good {
		panic(what)
	}
}

func main() {
	var group sync.WaitGroup
	var mutex sync.RWMutex
	var atomicSum int64
	sums := map[int]int{}
	for i := 0; i < 10000; i++ {
		group.Add(1)
		go func(n int) {
			defer group.Done()
			mutex.Lock()
			sums[n%100] += n
			mutex.Unlock()
			mutex.RLock()
			_ = sums[n%100]
			mutex.RUnlock()
			atomic.AddInt64(&atomicSum, int64(n))
			runtime.Gosched()
		}(i)
	}
	group.Wait()
	total := 0
	for _, sum := range sums {
		total += sum
	}
	check(int64(total) == atomicSum, "sums differ")
	fmt.Println("sums", total)

	numbers := make(chan int)
	go func(out chan<- int) {
		for i := 2; ; i++ {
			out <- i
		}
	}(numbers)
	prime := 0
	for i := 0; i < 100; i++ {
		prime = <-numbers
		next := make(chan int)
		go func(in <-chan int, out chan<- int, p int) {
			for n := range in {
				if n%p != 0 {
					out <- n
				}
			}
		}(numbers, next, prime)
		numbers = next
	}
	fmt.Println("prime", prime)

	jobs, results := make(chan int, 8), make(chan int, 8)
	for w := 0; w < 8; w++ {
		go func() {
			for n := range jobs {
				results <- n * n
			}
		}()
	}
	go func() {
		for n := 0; n < 1000; n++ {
			jobs <- n
		}
		close(jobs)
	}()
	squares := 0
	for n := 0; n < 1000; n++ {
		squares += <-results
	}
	fmt.Println("squares", squares)

	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	select {
	case <-ctx.Done():
		fmt.Println(ctx.Err())
	case <-time.After(time.Minute):
		panic("late")
	}
	ticker, ticks := time.NewTicker(time.Millisecond), 0
	for range ticker.C {
		if ticks++; ticks == 5 {
			break
		}
	}
	ticker.Stop()
	fired := make(chan bool)
	time.AfterFunc(time.Millisecond, func() { close(fired) })
	<-fired
	fmt.Println("ticks", ticks)

	var once sync.Once
	condition := sync.NewCond(&sync.Mutex{})
	turn, onces := 0, 0
	for i := 0; i < 4; i++ {
		group.Add(1)
		go func(own int) {
			defer group.Done()
			once.Do(func() { onces++ })
			for t := 0; t < 50; t++ {
				condition.L.Lock()
				for turn%4 != own {
					condition.Wait()
				}
				turn++
				condition.L.Unlock()
				condition.Broadcast()
			}
		}(i)
	}
	group.Wait()
	fmt.Println("turns", turn, onces)

	// Threads of their own, kept by goroutines that are bound to them.
	for i := 0; i < 16; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			runtime.LockOSThread()
			time.Sleep(2 * time.Millisecond)
		}()
	}
	group.Wait()
	caught := make(chan error)
	go func() {
		defer func() { caught <- fmt.Errorf("recovered: %v", recover()) }()
		var none []int
		_ = none[len(sums)]
	}()
	fmt.Println(<-caught)
	wrapped := fmt.Errorf("outer: %w", context.Canceled)
	check(errors.Is(wrapped, context.Canceled), "not wrapped")
	endless := make(chan bool)
	go func() {
		for {
			select {
			case <-endless:
				return
			default:
			}
		}
	}()
	busy := 0
	go func() {
		for { // Preempted by a signal only.
			busy++
		}
	}()
	time.Sleep(5 * time.Millisecond)
	runtime.GC()
	close(endless)
	fmt.Println("preempted", runtime.NumGoroutine() > 100)
}
