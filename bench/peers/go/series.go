package main

// series is harness/xorshift32.ts; each number gives a series of its own, 0 the one of the subjects in Node.
func series(number int) func() uint32 {
	state := uint32(2463534242) ^ uint32(number)*2654435761
	if state == 0 {
		state = 1
	}
	return func() uint32 {
		state ^= state << 13
		state ^= state >> 17
		state ^= state << 5
		return state
	}
}

// randomWork is random-work.ts.
func randomWork(state uint32) uint32 {
	next := state
	for left := 1 + state%999; left > 0; left-- {
		next ^= next << 13
		next ^= next >> 17
		next ^= next << 5
	}
	return next
}
