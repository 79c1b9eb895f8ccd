#include <sched.h>
#include <stdlib.h>
#include "lap.h"

/* On one processor a thread that yields stands behind the others, as a task in the run queues of the peers does: on
   Linux 6.18 every yield runs another thread. (A ring of semaphores would name who is next instead, at the price of a
   wake-up and a wait for each switch: twice as long.) */
static void *give_turns(void *argument) {
  struct lap *lap = argument;
  while (lap_tick(lap)) sched_yield();
  return NULL;
}

double switch_threads(int size, struct phases times, const char *argument) {
  (void)argument;
  pin_to_one_processor();
  struct lap lap;
  lap_begin(&lap, times, 2 * size, size);
  run_threads(size, give_turns, &lap);
  return lap_nanoseconds_per_operation(&lap);
}

static void *return_number(void *number) {
  sched_yield();
  return number;
}

static int64_t spawn_and_join(pthread_t *threads, int size) {
  int64_t start = now();
  for (intptr_t index = 0; index < size; index++) threads[index] = start_thread(return_number, (void *)index);
  for (int index = 0; index < size; index++) {
    void *number;
    pthread_join(threads[index], &number);
  }
  return now() - start;
}

static int ascending(const void *left, const void *right) {
  int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
  return (a > b) - (a < b);
}

/* Context.batches of harness/context.ts. */
double spawn_threads(int size, struct phases times, const char *argument) {
  (void)argument;
  pin_to_one_processor();
  enum { most = 100000 };
  pthread_t *threads = allocate(size, sizeof *threads);
  int64_t *results = allocate(most, sizeof *results);
  int64_t start = now();
  int count = 0;
  spawn_and_join(threads, size);
  do results[count++] = spawn_and_join(threads, size);
  while (count < most && now() - start < times.warm_up + times.duration);
  qsort(results, count, sizeof *results, ascending);
  return (results[count / 2] + results[(count - 1) / 2]) / 2.0 / size;
}
