package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

// announce is the server's side of harness/server-process.ts.
func announce(port int) {
	fmt.Println(port)
	go func() {
		lines := bufio.NewScanner(os.Stdin)
		for lines.Scan() {
			fmt.Println(cpuTime().Microseconds())
		}
		os.Exit(0)
	}()
}

func listen(announce func(port int)) net.Listener {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	announce(listener.Addr().(*net.TCPAddr).Port)
	return listener
}

func echoServer(announce func(port int)) {
	listener := listen(announce)
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		go echo(connection)
	}
}

func echo(connection net.Conn) {
	defer connection.Close()
	// As much as Node's sockets read at once.
	buffer := make([]byte, 65536)
	for {
		count, err := connection.Read(buffer)
		if err != nil {
			return
		}
		if _, err := connection.Write(buffer[:count]); err != nil {
			return
		}
	}
}

func httpServer(announce func(port int)) {
	page := bytes.Repeat([]byte("x"), 8192)
	handler := func(response http.ResponseWriter, _ *http.Request) {
		response.Header().Set("Content-Type", "text/plain")
		response.Header().Set("Content-Length", fmt.Sprint(len(page)))
		response.Write(page)
	}
	http.Serve(listen(announce), http.HandlerFunc(handler))
}

// The scheduler takes the processor from a goroutine that computes: by a signal, after 10 ms.
func hogServer(announce func(port int)) {
	handler := func(response http.ResponseWriter, request *http.Request) {
		if spin, err := strconv.Atoi(request.URL.Query().Get("spin")); err == nil {
			go hog(time.Duration(spin) * time.Millisecond)
		}
		response.Write([]byte("hello\n"))
	}
	http.Serve(listen(announce), http.HandlerFunc(handler))
}

func hog(duration time.Duration) {
	for end := time.Now().Add(duration); time.Now().Before(end); {
	}
}
