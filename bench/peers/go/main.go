// The Go peers. `peers BENCHMARK SIZE WARMUP DURATION [ARGUMENT]` measures one case and prints its value as
// JSON, times in milliseconds; `peers server BENCHMARK` serves. Each subject does
// what the TypeScript file of the same name describes.
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
	"pipes":             passTokens,
	"mutex":             mutexLocks,
	"timers":            timerTasks,
	"cancel":            cancelTasks,
	"call":              calls,
	"loop":              loops,
}

// These need to be told something: the path of a file.
var subjectsWithArgument = map[string]func(size int, times phases, argument string) float64{
	"disk":        readDisk,
	"disk-cached": readCached,
}

var servers = map[string]func(announce func(port int)){
	"echo":  echoServer,
	"http":  httpServer,
	"pages": httpServer,
	"hog":   hogServer,
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == "server" {
		servers[os.Args[2]](announce)
		return
	}
	if len(os.Args) == 5 && subjects[os.Args[1]] != nil {
		fmt.Println(subjects[os.Args[1]](integer(os.Args[2]), times()))
	} else if len(os.Args) == 6 && subjectsWithArgument[os.Args[1]] != nil {
		fmt.Println(subjectsWithArgument[os.Args[1]](integer(os.Args[2]), times(), os.Args[5]))
	} else {
		fmt.Fprintln(os.Stderr, "usage: peers BENCHMARK SIZE WARMUP DURATION [ARGUMENT] | peers server BENCHMARK")
		os.Exit(2)
	}
}

func times() phases {
	return phases{milliseconds(os.Args[3]), milliseconds(os.Args[4])}
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
