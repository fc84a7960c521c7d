/* Clients of an event stream, all in one thread.
 *
 *     event-clients PORT CLIENTS SECONDS STUCK
 *
 * CLIENTS connections ask for /v1/events; the first STUCK of them never read. After a second of warming up the events
 * that each of the others gets are counted. Prints: seconds, events a second of the slowest and of the fastest client,
 * megabytes a second in all, milliseconds from an event's timestamp to its arrival at some of the clients (median, 99%,
 * most), and how many of those that read are connected still.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LATENCIES 2000000
/* Of every so many clients one's latencies are measured. */
#define SAMPLED 50

static double seconds(int clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static int rising(const void *a, const void *b) {
  double difference = *(double *)a - *(double *)b;
  return difference < 0 ? -1 : difference > 0;
}

static double *latencies;
static long latency_count;

/* The ages of the events in a piece of the stream. One that is cut in two by the pieces is passed over. */
static void measure(char *piece, char *end, double now) {
  while ((piece = memmem(piece, end - piece, "{\"type\":\"task.", 14))) {
    piece += 14;
    char *at = memmem(piece, end - piece, "\"timestamp\":\"", 13);
    if (!at || at + 40 > end) return;
    struct tm time = {0};
    int ms;
    if (sscanf(at + 13, "%d-%d-%dT%d:%d:%d.%dZ", &time.tm_year, &time.tm_mon, &time.tm_mday, &time.tm_hour,
               &time.tm_min, &time.tm_sec, &ms) != 7)
      return;
    time.tm_year -= 1900;
    time.tm_mon--;
    if (latency_count < LATENCIES) latencies[latency_count++] = now - (timegm(&time) + ms / 1e3);
  }
}

int main(int argc, char **argv) {
  if (argc != 5) return 64;
  int port = atoi(argv[1]), clients = atoi(argv[2]), stuck = atoi(argv[4]);
  double duration = atof(argv[3]);
  struct rlimit limit = {16384, 16384};
  setrlimit(RLIMIT_NOFILE, &limit);
  int queue = epoll_create1(0);
  int *sockets = calloc(clients, sizeof(int));
  long *events = calloc(clients, sizeof(long));
  char *is_open = calloc(clients, 1);
  latencies = calloc(LATENCIES, sizeof(double));
  for (int i = 0; i < clients; i++) {
    sockets[i] = socket(AF_INET, SOCK_STREAM, 0);
    if (i < stuck) {
      int small = 65536;
      setsockopt(sockets[i], SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    }
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(sockets[i], (void *)&address, sizeof address)) {
      perror("connect");
      return 1;
    }
    char request[200];
    int length = snprintf(request, sizeof request, "GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", port);
    if (write(sockets[i], request, length) != length) return 1;
    fcntl(sockets[i], F_SETFL, O_NONBLOCK);
    is_open[i] = 1;
    struct epoll_event wanted = {.events = EPOLLIN, .data.u32 = i};
    if (i >= stuck) epoll_ctl(queue, EPOLL_CTL_ADD, sockets[i], &wanted);
  }
  double begun = seconds(CLOCK_MONOTONIC), counted = 0;
  long bytes = 0;
  static char buffer[1 << 20];
  while (seconds(CLOCK_MONOTONIC) < begun + 1 + duration) {
    if (!counted && seconds(CLOCK_MONOTONIC) > begun + 1) {
      counted = seconds(CLOCK_MONOTONIC);
      memset(events, 0, clients * sizeof(long));
      bytes = latency_count = 0;
    }
    struct epoll_event ready[256];
    int count = epoll_wait(queue, ready, 256, 100);
    for (int j = 0; j < count; j++) {
      int i = ready[j].data.u32;
      ssize_t got = read(sockets[i], buffer, sizeof buffer - 1);
      if (got < 0 && errno == EAGAIN) continue;
      if (got <= 0) {
        is_open[i] = 0;
        epoll_ctl(queue, EPOLL_CTL_DEL, sockets[i], 0);
        continue;
      }
      bytes += got;
      for (char *place = buffer, *end = buffer + got; (place = memmem(place, end - place, "\nevent: ", 8)); place += 8)
        events[i]++;
      buffer[got] = 0;
      if (i % SAMPLED == stuck) measure(buffer, buffer + got, seconds(CLOCK_REALTIME));
    }
  }
  double elapsed = seconds(CLOCK_MONOTONIC) - counted;
  long least = -1, most = 0, alive = 0;
  for (int i = stuck; i < clients; i++) {
    if (least < 0 || events[i] < least) least = events[i];
    if (events[i] > most) most = events[i];
    alive += is_open[i];
  }
  qsort(latencies, latency_count, sizeof(double), rising);
  double median = latency_count ? latencies[latency_count / 2] : 0;
  double late = latency_count ? latencies[latency_count * 99 / 100] : 0;
  double latest = latency_count ? latencies[latency_count - 1] : 0;
  printf("%.3f %.1f %.1f %.1f %.1f %.1f %.1f %ld\n", elapsed, least / elapsed, most / elapsed, bytes / elapsed / 1e6,
         median * 1e3, late * 1e3, latest * 1e3, alive);
  return 0;
}
