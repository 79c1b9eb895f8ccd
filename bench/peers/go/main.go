// The Go peers. `peers BENCHMARK SIZE WARMUP DURATION` measures one case and prints its value as JSON;
// `peers server BENCHMARK` serves. Each subject does what the TypeScript file of the same name describes.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

// phases are the same two times that the subjects in Node get.
type phases struct {
	warmUp, duration time.Duration
}

var subjects = map[string]func(size int, times phases) float64{
	"switch":            switchTasks,
	"spawn":             spawnTasks,
	"memory":            parkedMemory,
	"depth":             deepResume,
	"channel":           channelMessages,
	"producer-consumer": producersConsumers,
	"mutex":             mutexLocks,
	"timers":            timerTasks,
	"cancel":            cancelTasks,
}

var servers = map[string]func(announce func(port int)){
	"echo": echoServer,
	"http": httpServer,
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == "server" {
		servers[os.Args[2]](announce)
		return
	}
	if len(os.Args) != 5 || subjects[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: peers BENCHMARK SIZE WARMUP DURATION | peers server BENCHMARK")
		os.Exit(2)
	}
	times := phases{milliseconds(os.Args[3]), milliseconds(os.Args[4])}
	fmt.Println(subjects[os.Args[1]](integer(os.Args[2]), times))
}

func integer(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return value
}

func milliseconds(text string) time.Duration {
	return time.Duration(integer(text)) * time.Millisecond
}
