// The limit that taskhook is held against: a bare libcurl multi loop that fetches one URL again and again over
// so many connections, under the headers of a poll, and does nothing with what it gets. With a number of bytes it posts a JSON body of that
// length, under the headers of a webhook. With a CA file it speaks HTTP/2: so many requests at once, on so many
// connections.
//
//   cc -O2 -o bare-loop bare-loop.c -lcurl && ./bare-loop URL REQUESTS SECONDS [BYTES [CA CONNECTIONS]]
//
// Prints requests and CPU microseconds (user and system) a request.
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
  if (argc != 4 && argc != 5 && argc != 7) {
    fprintf(stderr, "usage: bare-loop URL REQUESTS SECONDS [BYTES [CA CONNECTIONS]]\n");
    return 64;
  }
  int requests = atoi(argv[2]);
  double seconds = atof(argv[3]);
  long length = argc >= 5 ? atol(argv[4]) : 0;
  const char *ca = argc == 7 ? argv[5] : NULL;
  char *body = malloc(length + 1);
  memset(body, 'x', length);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  // Those of a webhook with one signature; libcurl would ask before it sends a large body.
  struct curl_slist *headers = NULL;
  static const char *const lines[] = {
    "content-type: application/json", "user-agent: taskhook/0.1.0", "Expect:",
    "webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJekp5jXN8AQM9LWM0D4loKW", "webhook-timestamp: 1614265330",
    "taskhook-attempt: 1", "webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  };
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) headers = curl_slist_append(headers, lines[i]);
  struct curl_slist *polls = curl_slist_append(NULL, "Accept: application/json");
  polls = curl_slist_append(polls, "User-Agent: taskhook/0.1.0");
  polls = curl_slist_append(polls, "Accept-Encoding: gzip");
  CURLM *multi = curl_multi_init();
  if (ca) curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, atol(argv[6]));
  for (int i = 0; i < requests; i++) {
    CURL *easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, argv[1]);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    if (ca) {
      curl_easy_setopt(easy, CURLOPT_CAINFO, ca);
      curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
      curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    }
    if (length > 0) {
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, length);
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, length > 0 ? headers : polls);
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
