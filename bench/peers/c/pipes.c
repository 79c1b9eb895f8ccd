#include <errno.h>
#include <semaphore.h>
#include <sys/socket.h>
#include <unistd.h>
#include "lap.h"

enum { token_bytes = 12 };

static struct lap lap;
static int pipes, *read_ends, *write_ends;
static sem_t lap_ended;
static uint32_t state = 2463534242;

/* xorshift32 of harness/xorshift32.ts. Two threads that interrupt each other here may draw the same number. */
static uint32_t next(void) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

static void *pass_on(void *argument) {
  int from = read_ends[(intptr_t)argument];
  char token[token_bytes];
  do {
    if (read(from, token, token_bytes) != token_bytes) die("read", errno);
    if (write(write_ends[next() % pipes], token, token_bytes) != token_bytes) die("write", errno);
  } while (lap_tick(&lap));
  sem_post(&lap_ended);
  return NULL;
}

/* The threads that still wait for a token end with the process. */
double pass_tokens(int size, struct phases times, const char *argument) {
  (void)argument;
  pin_to_one_processor();
  pipes = size;
  read_ends = allocate(size, sizeof *read_ends);
  write_ends = allocate(size, sizeof *write_ends);
  for (int index = 0; index < size; index++) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) die("socketpair", errno);
    read_ends[index] = ends[0];
    write_ends[index] = ends[1];
  }
  int tokens = size / 4 < 128 ? size / 4 : 128;
  lap_begin(&lap, times, 2 * tokens, size);
  sem_init(&lap_ended, 0, 0);
  for (intptr_t index = 0; index < size; index++) start_thread(pass_on, (void *)index);
  for (int index = 0; index < tokens; index++) {
    if (write(write_ends[index * (size / tokens)], "twelve bytes", token_bytes) < 0) die("write", errno);
  }
  while (sem_wait(&lap_ended) != 0);
  return lap_operations_per_second(&lap);
}
