/* Batches of datagrams: sent with one system call, received with another. In plain C. */
#ifndef KUBEZONE_BATCH_H
#define KUBEZONE_BATCH_H

#include "endpoint.h"

#include <poll.h>
#include <time.h>

/* Datagrams per call. More gains nothing: at 64 the system call itself is 2 % of the cost. */
#define SLOTS 64
/* The longest query taken and the longest answer sent. */
#define OCTETS 4096
/* From slot to slot. Not 4096: the heads of all slots would compete for one set of the first-level cache. */
#define STRIDE (OCTETS + 64)
#define MAX_SOCKETS 64

/* The block's layout: two arrays of uint16, one of flags, one of peers, and the slots. */
#define QUERY_LENGTHS_AT 0
#define ANSWER_LENGTHS_AT (QUERY_LENGTHS_AT + SLOTS * 2)
#define FLAGS_AT (ANSWER_LENGTHS_AT + SLOTS * 2)
#define PEERS_AT (FLAGS_AT + SLOTS)
#define QUERIES_AT (PEERS_AT + SLOTS * PEER_OCTETS)
#define ANSWERS_AT (QUERIES_AT + SLOTS * STRIDE)
#define BLOCK_OCTETS (ANSWERS_AT + SLOTS * STRIDE)

/* A slot's flags: what it holds is no whole query. */
#define FLAG_TRUNCATED 1
#define FLAG_NOTHING 2

/* Indices into the counters. */
enum counter {
  COUNT_BATCHES,
  COUNT_RECEIVED,
  COUNT_TRUNCATED,
  COUNT_SENT,
  COUNT_SEND_FAILED,
  COUNT_RECEIVE_FAILED,
  /* Not a count: the last errno of a failed send or receive. */
  LAST_ERRNO,
  COUNTERS
};

/* An epoch: the worker reads no shared data. */
#define IDLE 0

/* What batch_exchange returns instead of a number of slots. */
#define ENDED (-1)
#define FAILED (-2)

struct batch {
  /* BLOCK_OCTETS octets that JavaScript reads and writes between two calls. */
  uint8_t *block;

  struct endpoint sockets[MAX_SOCKETS];
  unsigned socket_count;
  /* The socket that the slots' datagrams came from. */
  unsigned current;
  /* Slots of the last batch whose answers have not been sent. */
  unsigned received;
  /* Receive errors in a row. */
  unsigned soft_errors;

  /* Several sockets: what the last ppoll found readable and has not had its turn, and those that are shut down and empty. */
  struct pollfd polls[MAX_SOCKETS];
  uint64_t ready;
  uint64_t ended;
  struct timespec timeout;

  /* Shared with other threads. */
  int32_t *global_epoch;
  int32_t *own_epoch;
  double *counters;

  struct mmsghdr in[SLOTS];
  struct mmsghdr out[SLOTS];
  struct iovec in_vectors[SLOTS];
  struct iovec out_vectors[SLOTS];
  union address peers[SLOTS];
  union control controls[SLOTS];
};

/* Prepares a zeroed batch with its block and sockets. Returns NULL, or the name of the call that failed, with its errno in place. */
const char *batch_open(struct batch *batch, uint8_t *block, const int32_t *descriptors, unsigned count, int receive_timeout_ms);

/* Closes the sockets and leaves the epoch idle. */
void batch_close(struct batch *batch);

/*
 * Sends the answers of the last batch and waits for the next. Returns how many slots are filled; 0 when the receive timeout passed;
 * ENDED when every socket is shut down and empty; FAILED, with errno in place, when there is no use in going on.
 */
int batch_exchange(struct batch *batch);

/* Describes how a query of this batch is answered later. Returns which of the sockets it came from, or -1 where the slot holds no datagram. */
int batch_return_path(const struct batch *batch, unsigned slot, struct return_path *path);

/* Sends the answers of the last batch and receives nothing. */
void batch_flush(struct batch *batch);

#endif
