package main

import (
	"os"
	"sync"
	"syscall"
	"unsafe"
)

const block = 4096

func readDisk(size int, times phases, path string) float64 {
	return readBlocks(size, times, path, syscall.O_DIRECT)
}

func readCached(size int, times phases, path string) float64 {
	return readBlocks(size, times, path, 0)
}

func readBlocks(size int, times phases, path string, flags int) float64 {
	file, err := os.OpenFile(path, os.O_RDONLY|flags, 0)
	if err != nil {
		panic(err)
	}
	facts, err := file.Stat()
	if err != nil {
		panic(err)
	}
	blocks := uint32(facts.Size() / block)
	l := newSharedLap(times, 2*size)
	var all sync.WaitGroup
	all.Add(size)
	for i := 0; i < size; i++ {
		go func(next func() uint32) {
			buffer := alignedBlock()
			for l.tick() {
				if _, err := file.ReadAt(buffer, int64(next()%blocks)*block); err != nil {
					panic(err)
				}
			}
			all.Done()
		}(series(i))
	}
	all.Wait()
	return 1e9 / l.lap.nanosecondsPerOperation()
}

// alignedBlock is memory that O_DIRECT accepts.
func alignedBlock() []byte {
	memory := make([]byte, 2*block)
	gap := block - int(uintptr(unsafe.Pointer(&memory[0]))%block)
	return memory[gap%block : gap%block+block]
}
