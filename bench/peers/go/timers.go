package main

import (
	"sync"
	"syscall"
	"time"
)

// timerTasks draws the same series as timers.ts.
func timerTasks(size int, _ phases) float64 {
	random := series(0)
	next := func() time.Duration { return time.Duration(random()%1000+1) * time.Millisecond }
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
