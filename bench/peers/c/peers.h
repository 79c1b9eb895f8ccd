/* What the files of the POSIX threads peers share. */
#ifndef PEERS_H
#define PEERS_H

#include <pthread.h>
#include <stdint.h>
#include <stdnoreturn.h>

/* The same two times, in nanoseconds, that the subjects in Node get. */
struct phases {
  int64_t warm_up, duration;
};

/* Measures one case. `argument` is what only some benchmarks need: the path of a file. */
typedef double subject(int size, struct phases times, const char *argument);

subject spawn_threads, switch_threads, lock_mutex, producers_consumers, pass_tokens, read_disk, read_cached;

/* Serves `pages` as the subject of that name, until standard input ends. */
void serve_pages(const char *subject);

/* Puts every thread of this process on one processor: Node runs its program on one, too. */
void pin_to_one_processor(void);

/* Starts a thread with a small stack, so that thousands fit. Ends the process if there can be no more threads. */
pthread_t start_thread(void *(*body)(void *), void *argument);

/* Starts `count` threads with the same argument, and joins them. */
void run_threads(int count, void *(*body)(void *), void *argument);

void *allocate(size_t count, size_t bytes);
int64_t now(void);

/* Ends the process with the reason of `errno`. */
noreturn void die(const char *what, int error);

#endif
