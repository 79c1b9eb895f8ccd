package main

import "time"

const manyCalls = 1_000_000
const iterations = 20_000_000

var sink int
var fractionSink float64

// Every function of Go may wait, so this is a call and nothing else.
func calls(size int, times phases) float64 {
	if size == 0 {
		return batches(times, manyCalls, timed(func() {
			n := 0
			for n < manyCalls {
				n = successor(n)
			}
			sink = n
		}))
	}
	return batches(times, callsOf(size), timed(func() { sink = fibonacci(size) }))
}

//go:noinline
func successor(n int) int {
	return n + 1
}

func fibonacci(n int) int {
	if n < 2 {
		return n
	}
	return fibonacci(n-1) + fibonacci(n-2)
}

// callsOf is how many calls fibonacci(n) makes.
func callsOf(n int) int {
	if n < 2 {
		return 1
	}
	return 1 + callsOf(n-1) + callsOf(n-2)
}

func loops(size int, times phases) float64 {
	items := make([]int, 1000)
	for i := range items {
		items[i] = i
	}
	all := []func(){
		func() {
			sum := 0
			for i := 0; i < iterations; i++ {
				sum += i & 7
			}
			sink = sum
		},
		func() {
			sum := 0
			for i := 0; i < iterations; i++ {
				sum += items[i%1000]
			}
			sink = sum
		},
		func() {
			sum := 0
			for turn := 0; turn < iterations/1000; turn++ {
				for _, item := range items {
					sum += item & 3
				}
			}
			sink = sum
		},
		func() {
			sum := 0.0
			for i := 0; i < iterations; i++ {
				sum += float64(i) * 0.5
			}
			fractionSink = sum
		},
	}
	// Slices of other kinds are of other types, and change nothing.
	all = append(all, all[2])
	return batches(times, iterations, timed(all[size]))
}

func timed(work func()) func() time.Duration {
	return func() time.Duration {
		start := time.Now()
		work()
		return time.Since(start)
	}
}
