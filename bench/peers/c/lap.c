#include "lap.h"
#include <stdio.h>
#include <stdlib.h>

void lap_begin(struct lap *lap, struct phases times, int64_t minimum, int threads) {
  *lap = (struct lap){.times = times, .minimum = minimum, .alone = threads == 1, .created_at = now()};
  pthread_mutex_init(&lap->reading, NULL);
}

void lap_read(struct lap *lap, int64_t count) {
  pthread_mutex_lock(&lap->reading);
  int64_t time = now();
  if (lap->start_count == 0) {
    if (time - lap->created_at >= lap->times.warm_up && count >= lap->minimum) {
      lap->started_at = time;
      lap->start_count = count;
    }
  } else if (!lap->over && time - lap->started_at >= lap->times.duration &&
             count - lap->start_count >= lap->minimum) {
    lap->ended_at = time;
    lap->end_count = count;
    lap->over = true;
  }
  pthread_mutex_unlock(&lap->reading);
}

double lap_nanoseconds_per_operation(struct lap *lap) {
  if (!lap->over) {
    fprintf(stderr, "The subject ended before its lap did\n");
    exit(1);
  }
  return (double)(lap->ended_at - lap->started_at) / (double)(lap->end_count - lap->start_count);
}

double lap_operations_per_second(struct lap *lap) { return 1e9 / lap_nanoseconds_per_operation(lap); }
