#include <sched.h>
#include "lap.h"

static struct lap lap;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool contended;

/* Like Go's and unlike the others', this lock goes to whoever comes, not to who has waited longest. */
static void *contend(void *argument) {
  (void)argument;
  while (lap_tick(&lap)) {
    pthread_mutex_lock(&lock);
    if (contended) sched_yield();
    pthread_mutex_unlock(&lock);
  }
  return NULL;
}

double lock_mutex(int size, struct phases times, const char *argument) {
  (void)argument;
  pin_to_one_processor();
  contended = size > 1;
  lap_begin(&lap, times, 2 * size, size);
  run_threads(size, contend, NULL);
  return lap_nanoseconds_per_operation(&lap);
}

enum { capacity = 64, end = -1 };

static int items[capacity];
static unsigned sent, received;
static pthread_cond_t has_room = PTHREAD_COND_INITIALIZER, has_items = PTHREAD_COND_INITIALIZER;

static void send(int item) {
  pthread_mutex_lock(&lock);
  while (sent - received == capacity) pthread_cond_wait(&has_room, &lock);
  items[sent++ % capacity] = item;
  pthread_cond_signal(&has_items);
  pthread_mutex_unlock(&lock);
}

static int receive(void) {
  pthread_mutex_lock(&lock);
  while (sent == received) pthread_cond_wait(&has_items, &lock);
  int item = items[received++ % capacity];
  pthread_cond_signal(&has_room);
  pthread_mutex_unlock(&lock);
  return item;
}

static void *produce(void *argument) {
  (void)argument;
  while (lap_tick(&lap)) send(1);
  send(end);
  return NULL;
}

/* As random-work.ts. */
static uint32_t random_work(uint32_t state) {
  uint32_t next = state;
  for (uint32_t left = 1 + state % 999; left > 0; left--) {
    next ^= next << 13;
    next ^= next >> 17;
    next ^= next << 5;
  }
  return next;
}

/* The argument is where its work begins; the result is there so that the work is done. */
static void *consume(void *argument) {
  uint32_t state = (uint32_t)(uintptr_t)argument;
  while (receive() != end) state = random_work(state);
  return (void *)(uintptr_t)state;
}

double producers_consumers(int pairs, struct phases times, const char *argument) {
  (void)argument;
  pin_to_one_processor();
  lap_begin(&lap, times, 4 * (int64_t)pairs, 2 * pairs);
  pthread_t *threads = allocate(2 * pairs, sizeof *threads);
  for (int index = 0; index < pairs; index++) {
    threads[2 * index] = start_thread(produce, NULL);
    threads[2 * index + 1] = start_thread(consume, (void *)(uintptr_t)((uint32_t)index * 2654435761u | 1));
  }
  for (int index = 0; index < 2 * pairs; index++) pthread_join(threads[index], NULL);
  return lap_operations_per_second(&lap);
}
