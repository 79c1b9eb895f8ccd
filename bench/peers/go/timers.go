package main

import (
	"sync"
	"syscall"
	"time"
)

// timerTasks draws the same xorshift32 series as timers.ts.
func timerTasks(size int, _ phases) float64 {
	state := uint32(2463534242)
	next := func() time.Duration {
		state ^= state << 13
		state ^= state >> 17
		state ^= state << 5
		return time.Duration(state%1000+1) * time.Millisecond
	}
	sleepAll := func(count int) {
		var all sync.WaitGroup
		all.Add(count)
		for i := 0; i < count; i++ {
			go func(duration time.Duration) {
				time.Sleep(duration)
				all.Done()
			}(next())
		}
		all.Wait()
	}
	sleepAll(1000)
	before := cpuTime()
	sleepAll(size)
	return float64((cpuTime() - before).Nanoseconds()) / float64(size)
}

// cpuTime is what this process has used so far, user and system.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
