package main

import (
	"sort"
	"time"
)

const operationsPerReading = 256

// lap is harness/lap.ts. Not synchronised: the goroutines share one processor and are not preempted within a tick,
// which goPeer of harness/go-program.ts sees to. An atomic addition would cost a
// tenth of a switch. For others there is sharedLap.
type lap struct {
	phases
	minimum    int
	count      int
	over       bool
	createdAt  time.Time
	startedAt  time.Time
	startCount int
	endedAt    time.Time
	endCount   int
}

func newLap(times phases, minimum int) *lap {
	return &lap{phases: times, minimum: minimum, createdAt: time.Now()}
}

func (l *lap) tick() bool {
	l.count++
	if l.count%operationsPerReading == 0 && !l.over {
		l.read()
	}
	return !l.over
}

func (l *lap) read() {
	now := time.Now()
	if l.startCount == 0 {
		if now.Sub(l.createdAt) >= l.warmUp && l.count >= l.minimum {
			l.startedAt, l.startCount = now, l.count
		}
	} else if now.Sub(l.startedAt) >= l.duration && l.count-l.startCount >= l.minimum {
		l.endedAt, l.endCount, l.over = now, l.count, true
	}
}

func (l *lap) nanosecondsPerOperation() float64 {
	return float64(l.endedAt.Sub(l.startedAt).Nanoseconds()) / float64(l.endCount-l.startCount)
}

// batches is Context.batches of harness/context.ts.
func batches(times phases, operations int, batch func() time.Duration) float64 {
	start := time.Now()
	batch()
	var results []float64
	for {
		results = append(results, float64(batch().Nanoseconds()))
		if time.Since(start) >= times.warmUp+times.duration {
			break
		}
	}
	sort.Float64s(results)
	middle := len(results) / 2
	return (results[middle] + results[(len(results)-1)/2]) / 2 / float64(operations)
}
