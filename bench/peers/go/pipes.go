package main

import (
	"io"
	"net"
	"os"
	"syscall"
)

const tokenBytes = 12

// passTokens ends with the process: most goroutines still wait for a token.
func passTokens(pipes int, times phases) float64 {
	readEnds, writeEnds := make([]net.Conn, pipes), make([]net.Conn, pipes)
	for i := range readEnds {
		readEnds[i], writeEnds[i] = connectedPair()
	}
	tokens := pipes / 4
	if tokens > 128 {
		tokens = 128
	}
	next := series(0)
	l := newLap(times, 2*tokens)
	ended := make(chan struct{}, pipes)
	for _, from := range readEnds {
		go func(from net.Conn) {
			token := make([]byte, tokenBytes)
			for {
				if _, err := io.ReadFull(from, token); err != nil {
					panic(err)
				}
				if _, err := writeEnds[next()%uint32(pipes)].Write(token); err != nil {
					panic(err)
				}
				if !l.tick() {
					break
				}
			}
			ended <- struct{}{}
		}(from)
	}
	for i := 0; i < tokens; i++ {
		if _, err := writeEnds[i*(pipes/tokens)].Write([]byte("twelve bytes")); err != nil {
			panic(err)
		}
	}
	<-ended
	return 1e9 / l.nanosecondsPerOperation()
}

func connectedPair() (net.Conn, net.Conn) {
	ends, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		panic(err)
	}
	return connection(ends[0]), connection(ends[1])
}

func connection(descriptor int) net.Conn {
	file := os.NewFile(uintptr(descriptor), "pair")
	defer file.Close()
	// It duplicates the descriptor and puts the copy into the poller.
	conn, err := net.FileConn(file)
	if err != nil {
		panic(err)
	}
	return conn
}
