/* The POSIX threads peers. `peers BENCHMARK SIZE WARMUP DURATION [ARGUMENT]` measures one case and prints its value as
   JSON, times in milliseconds; `peers server pages SUBJECT`, or `http`, serves. Each subject does what the TypeScript file of the
   same name describes. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "peers.h"

static const struct {
  const char *name;
  subject *measure;
} subjects[] = {
    {"spawn", spawn_threads},
    {"switch", switch_threads},
    {"mutex", lock_mutex},
    {"producer-consumer", producers_consumers},
    {"pipes", pass_tokens},
    {"disk", read_disk},
    {"disk-cached", read_cached},
};

int main(int count, char **arguments) {
  if (count == 4 && strcmp(arguments[1], "server") == 0 &&
      (strcmp(arguments[2], "pages") == 0 || strcmp(arguments[2], "http") == 0)) {
    serve_pages(arguments[3]);
    return 0;
  }
  for (size_t index = 0; count >= 5 && index < sizeof subjects / sizeof *subjects; index++) {
    if (strcmp(subjects[index].name, arguments[1]) != 0) continue;
    struct phases times = {atoll(arguments[3]) * 1000000, atoll(arguments[4]) * 1000000};
    printf("%.17g\n", subjects[index].measure(atoi(arguments[2]), times, count > 5 ? arguments[5] : ""));
    return 0;
  }
  fprintf(stderr, "usage: peers BENCHMARK SIZE WARMUP DURATION [ARGUMENT] | peers server pages|http SUBJECT\n");
  return 2;
}

noreturn void die(const char *what, int error) {
  fprintf(stderr, "%s: %s\n", what, strerror(error));
  exit(1);
}

/* The processor where the process happens to be: the kernel has just chosen it. */
void pin_to_one_processor(void) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);
  if (sched_setaffinity(0, sizeof one, &one) != 0) die("sched_setaffinity", errno);
}

static pthread_attr_t small_stack;
static pthread_once_t small_stack_made = PTHREAD_ONCE_INIT;

static void make_small_stack(void) {
  pthread_attr_init(&small_stack);
  pthread_attr_setstacksize(&small_stack, 64 * 1024);
}

pthread_t start_thread(void *(*body)(void *), void *argument) {
  pthread_once(&small_stack_made, make_small_stack);
  pthread_t thread;
  int error = pthread_create(&thread, &small_stack, body, argument);
  if (error != 0) die("pthread_create", error);
  return thread;
}

void run_threads(int count, void *(*body)(void *), void *argument) {
  pthread_t *threads = allocate(count, sizeof *threads);
  for (int index = 0; index < count; index++) threads[index] = start_thread(body, argument);
  for (int index = 0; index < count; index++) pthread_join(threads[index], NULL);
  free(threads);
}

void *allocate(size_t count, size_t bytes) {
  void *memory = calloc(count, bytes);
  if (memory == NULL) die("calloc", ENOMEM);
  return memory;
}

int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}
