#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lap.h"

enum { block = 4096 };

static struct lap lap;
static int file;
static uint32_t blocks;

/* Each thread has a series of its own (xorshift32): these run on all processors. */
static void *read_blocks(void *argument) {
  uint32_t state = 2463534242u ^ (uint32_t)((uintptr_t)argument * 2654435761u);
  if (state == 0) state = 1;
  void *buffer = aligned_alloc(block, block);
  while (lap_tick(&lap)) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    off_t position = (off_t)(state % blocks) * block;
    if (pread(file, buffer, block, position) != block) die("pread", errno);
  }
  free(buffer);
  return NULL;
}

/* Not pinned: Node reads files in threads that are not, either. */
static double read_file(int size, struct phases times, const char *path, int flags) {
  file = open(path, O_RDONLY | flags);
  struct stat facts;
  if (file < 0 || fstat(file, &facts) != 0) die(path, errno);
  blocks = facts.st_size / block;
  lap_begin(&lap, times, 2 * size, size);
  pthread_t *threads = allocate(size, sizeof *threads);
  for (intptr_t index = 0; index < size; index++) threads[index] = start_thread(read_blocks, (void *)index);
  for (int index = 0; index < size; index++) pthread_join(threads[index], NULL);
  return lap_operations_per_second(&lap);
}

double read_disk(int size, struct phases times, const char *path) { return read_file(size, times, path, O_DIRECT); }

double read_cached(int size, struct phases times, const char *path) { return read_file(size, times, path, 0); }
