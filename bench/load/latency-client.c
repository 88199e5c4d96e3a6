/*
 * How long a server takes for an answer at a rate that does not depend on it.
 *
 *     latency-client PORT FILE RATE SECONDS RCODE
 *
 * Sends the queries of FILE (messages, each after its length in two octets) over eight UDP sockets to 127.0.0.1, RATE a second, at intervals drawn from an exponential
 * distribution, the same in each run. Replies are not waited for: a slow server gets the same queries as a fast one. A latency is the time from just before send() to the kernel's
 * own stamp of the reply's arrival in the socket (SO_TIMESTAMPNS), so what this program does meanwhile is not in it, and replies need not be read at once. Prints one line of JSON,
 * latencies in nanoseconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#define SOCKETS 8
#define IDS 65536
#define BATCH 64
#define OCTETS 2048
#define SECOND 1000000000ull
/* Shorter sleeps cost more than they give: queries that are due within one are sent together. */
#define SHORTEST_SLEEP 15000ull
/* Replies lie in the sockets' buffers, stamped, until they are read. */
#define READ_INTERVAL 1000000ull
/* A reply that has not come so long after the last query is lost. */
#define PATIENCE SECOND

struct client {
  int fd;
  uint16_t next;
  /* When the query of each id was sent; 0 where none is under way. */
  uint64_t sent[IDS];
};

static struct client clients[SOCKETS];
static uint32_t *latencies;
static uint64_t answered, wrong, room;

static uint64_t now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

/* xorshift64*: from 0 to 1, 0 excluded. */
static double uniform(void) {
  static uint64_t state = 0x9e3779b97f4a7c15ull;
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return ((double)((state * 0x2545f4914f6cdd1dull) >> 11) + 1) / 9007199254740992.0;
}

static void open_client(struct client *client, uint16_t port) {
  const struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  const int on = 1, buffer = 4 << 20;
  client->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  if (client->fd < 0) fail("socket");
  if (setsockopt(client->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0) fail("SO_TIMESTAMPNS");
  setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  if (connect(client->fd, (const struct sockaddr *)&server, sizeof server) != 0) fail("connect");
}

static uint64_t stamp_of(struct msghdr *message) {
  for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control != NULL; control = CMSG_NXTHDR(message, control)) {
    if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_TIMESTAMPNS) continue;
    struct timespec time;
    memcpy(&time, CMSG_DATA(control), sizeof time);
    return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
  }
  fprintf(stderr, "a reply has no time stamp\n");
  exit(1);
}

static void take(struct client *client, const uint8_t *reply, unsigned length, uint64_t arrived, int rcode) {
  if (length < 12) return;
  const uint16_t id = (uint16_t)(reply[0] << 8 | reply[1]);
  const uint64_t sent = client->sent[id];
  if (sent == 0) return;
  client->sent[id] = 0;
  if ((reply[3] & 15) != rcode) wrong++;
  if (answered == room) return;
  const uint64_t took = arrived > sent ? arrived - sent : 0;
  latencies[answered++] = took > UINT32_MAX ? UINT32_MAX : (uint32_t)took;
}

static void read_replies(int rcode) {
  static uint8_t octets[BATCH][OCTETS];
  static uint8_t controls[BATCH][CMSG_SPACE(sizeof(struct timespec)) + 64];
  struct iovec vectors[BATCH];
  struct mmsghdr messages[BATCH];
  for (int index = 0; index < SOCKETS; index++) {
    int received;
    do {
      for (int slot = 0; slot < BATCH; slot++) {
        vectors[slot] = (struct iovec){.iov_base = octets[slot], .iov_len = OCTETS};
        messages[slot].msg_hdr = (struct msghdr){
            .msg_iov = &vectors[slot], .msg_iovlen = 1, .msg_control = controls[slot], .msg_controllen = sizeof controls[slot]};
      }
      received = recvmmsg(clients[index].fd, messages, BATCH, MSG_DONTWAIT, NULL);
      if (received < 0 && errno != EAGAIN && errno != ECONNREFUSED) fail("recvmmsg");
      for (int slot = 0; slot < received; slot++)
        take(&clients[index], octets[slot], messages[slot].msg_len, stamp_of(&messages[slot].msg_hdr), rcode);
    } while (received == BATCH);
  }
}

static int compare(const void *one, const void *other) {
  const uint32_t left = *(const uint32_t *)one, right = *(const uint32_t *)other;
  return left < right ? -1 : left > right;
}

static uint32_t share(double part) {
  if (answered == 0) return 0;
  const uint64_t index = (uint64_t)(part * (double)answered);
  return latencies[index < answered ? index : answered - 1];
}

int main(int count, char **arguments) {
  if (count != 6) {
    fprintf(stderr, "usage: %s PORT FILE RATE SECONDS RCODE\n", arguments[0]);
    return 2;
  }
  const double rate = atof(arguments[3]), seconds = atof(arguments[4]);
  const int rcode = atoi(arguments[5]);
  const int file = open(arguments[2], O_RDONLY);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) fail(arguments[2]);
  const size_t size = (size_t)status.st_size;
  uint8_t *queries = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_POPULATE, file, 0);
  if (queries == MAP_FAILED) fail("mmap");
  room = (uint64_t)(rate * seconds * 1.5) + 10000;
  latencies = malloc(room * sizeof *latencies);
  if (latencies == NULL) fail("malloc");
  /* Touched now, so that no page is made in mid-run. */
  memset(latencies, 1, room * sizeof *latencies);
  prctl(PR_SET_TIMERSLACK, 1);
  for (int index = 0; index < SOCKETS; index++) open_client(&clients[index], (uint16_t)atoi(arguments[1]));

  const uint64_t begin = now(CLOCK_MONOTONIC), end = begin + (uint64_t)(seconds * 1e9);
  double due = (double)begin;
  uint64_t sent = 0, unsent = 0, read_at = begin;
  size_t at = 0;
  for (uint64_t time = begin; time < end; time = now(CLOCK_MONOTONIC)) {
    for (; due <= (double)time; due -= log(uniform()) / rate * 1e9) {
      if (at + 2 > size) at = 0;
      const size_t length = (size_t)queries[at] << 8 | queries[at + 1];
      uint8_t *query = queries + at + 2;
      at += 2 + length;
      struct client *client = &clients[sent % SOCKETS];
      const uint16_t id = client->next++;
      query[0] = (uint8_t)(id >> 8);
      query[1] = (uint8_t)id;
      client->sent[id] = now(CLOCK_REALTIME);
      if (send(client->fd, query, length, 0) < 0) {
        client->sent[id] = 0;
        unsent++;
      }
      sent++;
    }
    if (time - read_at >= READ_INTERVAL) {
      read_replies(rcode);
      read_at = time;
    }
    const double left = due - (double)now(CLOCK_MONOTONIC);
    const uint64_t nap = left < (double)SHORTEST_SLEEP ? SHORTEST_SLEEP : left > 1e6 ? 1000000 : (uint64_t)left;
    const struct timespec pause = {.tv_nsec = (long)nap};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
  }
  const double took = (double)(now(CLOCK_MONOTONIC) - begin) / 1e9;
  for (const uint64_t last = now(CLOCK_MONOTONIC); answered < sent - unsent && now(CLOCK_MONOTONIC) - last < PATIENCE;) {
    read_replies(rcode);
    const struct timespec pause = {.tv_nsec = 1000000};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
  }
  qsort(latencies, answered, sizeof *latencies, compare);
  printf("{\"sent\":%llu,\"answered\":%llu,\"wrong\":%llu,\"rate\":%.0f,\"p50\":%u,\"p90\":%u,\"p99\":%u,\"p999\":%u,\"max\":%u}\n",
         (unsigned long long)sent, (unsigned long long)answered, (unsigned long long)wrong, (double)sent / took, share(0.5), share(0.9),
         share(0.99), share(0.999), share(1));
  return 0;
}
