/* harness/lap.ts for threads. */
#ifndef LAP_H
#define LAP_H

#include <stdatomic.h>
#include <stdbool.h>
#include "peers.h"

struct lap {
  struct phases times;
  int64_t minimum;
  /* Threads can be preempted between two instructions: without a lock prefix a late store would take back what all
     the others have counted. */
  _Atomic int64_t count;
  bool alone;
  _Atomic bool over;
  pthread_mutex_t reading;
  int64_t created_at, started_at, start_count, ended_at, end_count;
};

/* `threads` is how many tick: a single one needs no atomic addition, which would cost as much as its mutex. */
void lap_begin(struct lap *lap, struct phases times, int64_t minimum, int threads);
void lap_read(struct lap *lap, int64_t count);
double lap_nanoseconds_per_operation(struct lap *lap);
double lap_operations_per_second(struct lap *lap);

static inline bool lap_tick(struct lap *lap) {
  int64_t count;
  if (lap->alone) {
    count = atomic_load_explicit(&lap->count, memory_order_relaxed) + 1;
    atomic_store_explicit(&lap->count, count, memory_order_relaxed);
  } else {
    count = atomic_fetch_add_explicit(&lap->count, 1, memory_order_relaxed) + 1;
  }
  if (count % 256 == 0) lap_read(lap, count);
  return !atomic_load_explicit(&lap->over, memory_order_relaxed);
}

#endif
