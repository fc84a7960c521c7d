// The limit that taskhook is held against: a bare libcurl multi loop that fetches one URL again and again over
// so many connections, and does nothing with what it gets.
//
//   cc -O2 -o bare-loop bare-loop.c -lcurl && ./bare-loop URL CONNECTIONS SECONDS
//
// Prints requests and CPU microseconds (user and system) a request.
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static size_t discard(char *data, size_t size, size_t count, void *context) {
  (void)data;
  (void)context;
  return size * count;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: bare-loop URL CONNECTIONS SECONDS\n");
    return 64;
  }
  int connections = atoi(argv[2]);
  double seconds = atof(argv[3]);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  CURLM *multi = curl_multi_init();
  for (int i = 0; i < connections; i++) {
    CURL *easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, argv[1]);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_multi_add_handle(multi, easy);
  }
  long done = 0, failed = 0;
  double begun = now();
  while (now() - begun < seconds) {
    int running = 0, left = 0;
    curl_multi_perform(multi, &running);
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left))) {
      if (message->msg != CURLMSG_DONE) continue;
      if (message->data.result == CURLE_OK) done++; else failed++;
      CURL *easy = message->easy_handle;
      curl_multi_remove_handle(multi, easy);
      curl_easy_setopt(easy, CURLOPT_URL, argv[1]);
      curl_multi_add_handle(multi, easy);
    }
    curl_multi_poll(multi, NULL, 0, 1000, NULL);
  }
  double elapsed = now() - begun;
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double cpu = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
               + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  printf("%ld %ld %.6f %.3f\n", done, failed, elapsed, done > 0 ? cpu / done * 1e6 : 0);
  return 0;
}
