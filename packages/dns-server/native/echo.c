/*
 * The floor of the benchmarks: the least that a UDP server can cost. It sends each datagram back with the QR bit set, 64 at a time, by
 * recvmmsg and sendmmsg on one socket.
 *
 *     echo ADDRESS PORT        IPv4; ends by SIGTERM or SIGINT, then prints one line of JSON to stderr
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>

#define SLOTS 64
#define OCTETS 4096
#define STRIDE (OCTETS + 64)

static volatile sig_atomic_t stopped;

static void stop(int number) {
  (void)number;
  stopped = 1;
}

static int fail(const char *operation) {
  perror(operation);
  return 1;
}

int main(int count, char **arguments) {
  static uint8_t octets[SLOTS * STRIDE];
  static struct sockaddr_in peers[SLOTS];
  static struct iovec vectors[SLOTS];
  static struct mmsghdr messages[SLOTS];
  struct sockaddr_in local = {.sin_family = AF_INET};
  const int buffer = 1 << 20;
  const struct timeval timeout = {.tv_usec = 100000};
  /* Without SA_RESTART, so that the signal ends the wait. */
  const struct sigaction action = {.sa_handler = stop};
  uint64_t queries = 0, batches = 0;
  if (count != 3 || inet_pton(AF_INET, arguments[1], &local.sin_addr) != 1) {
    fprintf(stderr, "usage: %s ADDRESS PORT\n", arguments[0]);
    return 2;
  }
  local.sin_port = htons((uint16_t)atoi(arguments[2]));
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0) return fail("socket");
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  if (bind(fd, (const struct sockaddr *)&local, sizeof local) != 0) return fail("bind");

  for (int slot = 0; slot < SLOTS; slot++) {
    vectors[slot] = (struct iovec){.iov_base = octets + (size_t)slot * STRIDE, .iov_len = OCTETS};
    messages[slot].msg_hdr =
        (struct msghdr){.msg_name = &peers[slot], .msg_namelen = sizeof peers[slot], .msg_iov = &vectors[slot], .msg_iovlen = 1};
  }
  while (!stopped) {
    const int received = recvmmsg(fd, messages, SLOTS, MSG_WAITFORONE, NULL);
    if (received <= 0) continue;
    queries += (uint64_t)received;
    batches++;
    for (int slot = 0; slot < received; slot++) {
      vectors[slot].iov_len = messages[slot].msg_len;
      octets[(size_t)slot * STRIDE + 2] |= 0x80;
    }
    for (int sent = 0, done; sent < received; sent += done) {
      done = sendmmsg(fd, messages + sent, (unsigned)(received - sent), 0);
      if (done <= 0) done = 1;
    }
    for (int slot = 0; slot < received; slot++) {
      vectors[slot].iov_len = OCTETS;
      messages[slot].msg_hdr.msg_namelen = sizeof peers[slot];
    }
  }
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
  fprintf(stderr, "{\"queries\":%llu,\"batches\":%llu,\"cpuMicroseconds\":%.0f}\n", (unsigned long long)queries, (unsigned long long)batches, cpu);
  return 0;
}
