/*
 * Makes sendmmsg and recvmmsg fail as a test wants: a library for LD_PRELOAD.
 *
 * SEND_FAULTS and RECEIVE_FAULTS list what the next calls do, separated by commas: a number of messages at most, or an errno as a negative number. A list that
 * has come to its end changes nothing. At exit the numbers of calls are written to descriptor 3: "send receive\n".
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

static const char *send_faults, *receive_faults;
static int send_calls, receive_calls;

__attribute__((constructor)) static void read_faults(void) {
  send_faults = getenv("SEND_FAULTS");
  receive_faults = getenv("RECEIVE_FAULTS");
}

__attribute__((destructor)) static void report(void) { dprintf(3, "%d %d\n", send_calls, receive_calls); }

/* The next number of a list: whether there was one. */
static int next(const char **list, int *number) {
  char *end;
  if (*list == NULL || **list == '\0') return 0;
  *number = (int)strtol(*list, &end, 10);
  *list = *end == ',' ? end + 1 : end;
  return 1;
}

int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags) {
  int (*real)(int, struct mmsghdr *, unsigned, int) = dlsym(RTLD_NEXT, "sendmmsg");
  int fault;
  send_calls++;
  if (!next(&send_faults, &fault)) return real(fd, messages, count, flags);
  if (fault < 0) {
    errno = -fault;
    return -1;
  }
  return fault == 0 ? 0 : real(fd, messages, (unsigned)fault < count ? (unsigned)fault : count, flags);
}

int recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout) {
  int (*real)(int, struct mmsghdr *, unsigned, int, struct timespec *) = dlsym(RTLD_NEXT, "recvmmsg");
  int fault;
  receive_calls++;
  if (!next(&receive_faults, &fault)) return real(fd, messages, count, flags, timeout);
  errno = fault < 0 ? -fault : 0;
  return fault < 0 ? -1 : real(fd, messages, (unsigned)fault < count ? (unsigned)fault : count, flags, timeout);
}
