package main

import (
	"context"
	"runtime"
	"sync"
	"time"
)

func switchTasks(size int, times phases) float64 {
	l := newLap(times, 2*size)
	var all sync.WaitGroup
	all.Add(size)
	for i := 0; i < size; i++ {
		go func() {
			for l.tick() {
				runtime.Gosched()
			}
			all.Done()
		}()
	}
	all.Wait()
	return l.nanosecondsPerOperation()
}

// Joining needs a place for the result: one channel of one element for each goroutine.
func spawnTasks(size int, times phases) float64 {
	return batches(times, size, func() time.Duration {
		start := time.Now()
		results := make([]chan int, size)
		for i := range results {
			result := make(chan int, 1)
			results[i] = result
			go func(index int) {
				runtime.Gosched()
				result <- index
			}(i)
		}
		sum := 0
		for _, result := range results {
			sum += <-result
		}
		return time.Since(start)
	})
}

func parkedMemory(size int, _ phases) float64 {
	taken := func() uint64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return stats.Sys
	}
	before := taken()
	gates := make([]chan struct{}, size)
	for i := range gates {
		gate := make(chan struct{})
		gates[i] = gate
		go func() { <-gate }()
	}
	runtime.Gosched()
	bytes := float64(taken()-before) / float64(size)
	runtime.KeepAlive(gates)
	return bytes
}

func deepResume(size int, times phases) float64 {
	l := newLap(times, 1)
	descend(size, l)
	return l.nanosecondsPerOperation()
}

func descend(left int, l *lap) int {
	if left > 1 {
		return descend(left-1, l) + 1
	}
	for l.tick() {
		runtime.Gosched()
	}
	return 1
}

func cancelTasks(size int, times phases) float64 {
	return batches(times, size, func() time.Duration {
		scope, cancel := context.WithCancel(context.Background())
		cleanedUp := 0
		var all sync.WaitGroup
		all.Add(size)
		for i := 0; i < size; i++ {
			go func() {
				defer func() {
					cleanedUp++
					all.Done()
				}()
				<-scope.Done()
			}()
		}
		runtime.Gosched()
		start := time.Now()
		cancel()
		all.Wait()
		return time.Since(start)
	})
}
