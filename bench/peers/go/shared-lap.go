package main

import (
	"sync"
	"sync/atomic"
)

// sharedLap is lap for goroutines on several processors.
type sharedLap struct {
	lap     *lap
	count   atomic.Int64
	over    atomic.Bool
	reading sync.Mutex
}

func newSharedLap(times phases, minimum int) *sharedLap {
	return &sharedLap{lap: newLap(times, minimum)}
}

func (l *sharedLap) tick() bool {
	if l.count.Add(1)%operationsPerReading == 0 && !l.over.Load() {
		l.read()
	}
	return !l.over.Load()
}

func (l *sharedLap) read() {
	l.reading.Lock()
	defer l.reading.Unlock()
	if l.over.Load() {
		return
	}
	l.lap.count = int(l.count.Load())
	l.lap.read()
	l.over.Store(l.lap.over)
}
