package main

import (
	"runtime"
	"sync"
)

const end = -1

func channelMessages(capacity int, times phases) float64 {
	l := newLap(times, 1)
	there, back := make(chan int, capacity), make(chan int, capacity)
	answered := make(chan struct{})
	go func() {
		for <-there != end {
			if capacity == 0 {
				back <- 1
			}
		}
		close(answered)
	}()
	for l.tick() {
		there <- 1
		if capacity == 0 {
			<-back
		}
	}
	there <- end
	<-answered
	return l.nanosecondsPerOperation()
}

func producersConsumers(pairs int, times phases) float64 {
	l := newLap(times, 4*pairs)
	buffer := make(chan int, 64)
	var all sync.WaitGroup
	all.Add(2 * pairs)
	for i := 0; i < pairs; i++ {
		go func() {
			for l.tick() {
				buffer <- 1
			}
			buffer <- end
			all.Done()
		}()
		go func(state uint32) {
			for <-buffer != end {
				state = randomWork(state)
			}
			all.Done()
		}(uint32(i)*2654435761 | 1)
	}
	all.Wait()
	return 1e9 / l.nanosecondsPerOperation()
}

func mutexLocks(size int, times phases) float64 {
	l := newLap(times, 2*size)
	var lock sync.Mutex
	var all sync.WaitGroup
	all.Add(size)
	for i := 0; i < size; i++ {
		go func() {
			for l.tick() {
				lock.Lock()
				if size > 1 {
					runtime.Gosched()
				}
				lock.Unlock()
			}
			all.Done()
		}()
	}
	all.Wait()
	return l.nanosecondsPerOperation()
}
