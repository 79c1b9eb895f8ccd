/* The servers of the benchmarks `pages` and `http`: blocking threads that answer every request with the page of 8 KB. As
   `pthreads` a thread for each connection; as `pthreads-pool` 150 threads, each of which serves one connection at a
   time until the client closes it. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include "peers.h"

/* Those of the paper, whose bounded pool had 150 threads. */
enum { PAGE_BYTES = 8192, POOL_THREADS = 150 };
/* Connections find the same room in the kernel as with the servers in Node and Go. */
enum { BACKLOG = 4096 };
enum { STACK_BYTES = 64 * 1024, REQUEST_BYTES = 4096 };

static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 8192\r\n\r\n";
static char answer[sizeof head - 1 + PAGE_BYTES];
static int listener;

static int write_all(int connection, const char *bytes, size_t left) {
  while (left > 0) {
    ssize_t written = write(connection, bytes, left);
    if (written <= 0) return 0;
    bytes += written;
    left -= (size_t)written;
  }
  return 1;
}

/* Serves one connection until the client closes it, or sends a header that is too long. */
static void serve(int connection) {
  char request[REQUEST_BYTES];
  size_t filled = 0;
  setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  for (;;) {
    char *end = memmem(request, filled, "\r\n\r\n", 4);
    if (end != NULL) {
      if (!write_all(connection, answer, sizeof answer)) break;
      size_t used = (size_t)(end - request) + 4;
      filled -= used;
      memmove(request, request + used, filled);
      continue;
    }
    if (filled == sizeof request) break;
    ssize_t count = read(connection, request + filled, sizeof request - filled);
    if (count <= 0) break;
    filled += (size_t)count;
  }
  close(connection);
}

/* A thread of the pool. All of them wait in accept(): the kernel's backlog is their queue, and it is bounded. */
static void *serve_one_by_one(void *unused) {
  for (;;) {
    int connection = accept(listener, NULL, NULL);
    if (connection >= 0) serve(connection);
  }
  return unused;
}

static void *serve_one(void *connection) {
  serve((int)(long)connection);
  return NULL;
}

static pthread_attr_t attributes;

/* Answers whether the system had room for the thread. */
static int start(void *(*body)(void *), void *argument) {
  pthread_t thread;
  return pthread_create(&thread, &attributes, body, argument) == 0;
}

static void *accept_all(void *unused) {
  for (;;) {
    int connection = accept(listener, NULL, NULL);
    if (connection >= 0 && !start(serve_one, (void *)(long)connection)) close(connection);
  }
  return unused;
}

static int listen_on_loopback(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  listener = socket(AF_INET, SOCK_STREAM, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) != 0) die("bind", errno);
  if (listen(listener, BACKLOG) != 0) die("listen", errno);
  if (getsockname(listener, (struct sockaddr *)&address, &length) != 0) die("getsockname", errno);
  return ntohs(address.sin_port);
}

static long cpu_microseconds(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000L + used.ru_utime.tv_usec + used.ru_stime.tv_usec;
}

void serve_pages(const char *subject) {
  signal(SIGPIPE, SIG_IGN);
  pin_to_one_processor();
  memcpy(answer, head, sizeof head - 1);
  memset(answer + sizeof head - 1, 'x', PAGE_BYTES);
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, STACK_BYTES);

  int port = listen_on_loopback();
  int pool = strcmp(subject, "pthreads-pool") == 0;
  for (int left = pool ? POOL_THREADS : 1; left > 0; left--)
    if (!start(pool ? serve_one_by_one : accept_all, NULL)) die("pthread_create", EAGAIN);
  printf("%d\n", port);
  fflush(stdout);
  /* The server's side of harness/server-process.ts. */
  char line[64];
  while (fgets(line, sizeof line, stdin) != NULL) {
    printf("%ld\n", cpu_microseconds());
    fflush(stdout);
  }
}
