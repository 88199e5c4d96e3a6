/*
 * Prompt shutdown: another thread calls shutdown(2) with SHUT_RD on the socket. For a UDP socket that is not connected that fails with ENOTCONN,
 * but first it marks the socket and wakes who sleeps in it (Linux, net/ipv4/af_inet.c, inet_shutdown: "Hack to wake up other listeners").
 * recvmmsg then still gives what is queued, and after that an empty message without a sender. So the end of input costs nothing on the way
 * there: an eventfd would cost a ppoll per batch, 0.8 us where a whole query takes 5. On kernels without that hack the receive timeout is
 * what ends the wait.
 */
#include "batch.h"

#include <errno.h>
#include <string.h>

/* Signals that may interrupt one call before what it does is given up: a loop must end. */
#define MAX_INTERRUPTIONS 16
/* Receive errors in a row, each of the kind that passes, after which it evidently does not. */
#define MAX_SOFT_ERRORS 100
/* Sockets tried in one call that turned out to be empty (a datagram with a wrong checksum wakes, and is not there) or to have ended. */
#define MAX_ATTEMPTS (2 * MAX_SOCKETS)

/* ---- Counters and epochs ---- */

static void count(struct batch *batch, enum counter counter, unsigned by) { batch->counters[counter] += by; }

static void count_failures(struct batch *batch, enum counter counter, unsigned by, int number) {
  count(batch, counter, by);
  batch->counters[LAST_ERRNO] = number;
}

/*
 * The worker's epoch: which state of shared data it may be reading. "Idle" is stored before the wait and the current epoch after it, so
 * that a worker without work never delays the reclaiming of memory. Done here, not around the call, because only here is it known whether there is
 * a wait, and two __atomic stores cost less than two calls of Atomics.store.
 *
 * The current epoch is read again after it was stored: until then the writer may have found us idle, advanced, and freed what belongs to the
 * epoch that we were about to store. Why twice the same is enough, and that this ends: src/transport/worker-epochs.ts. The price is one load of
 * a word that the processor has in its cache.
 */
static void become_idle(struct batch *batch) { __atomic_store_n(batch->own_epoch, IDLE, __ATOMIC_SEQ_CST); }

static void become_busy(struct batch *batch) {
  int32_t epoch;
  do {
    epoch = __atomic_load_n(batch->global_epoch, __ATOMIC_SEQ_CST);
    __atomic_store_n(batch->own_epoch, epoch, __ATOMIC_SEQ_CST);
  } while (__atomic_load_n(batch->global_epoch, __ATOMIC_SEQ_CST) != epoch);
}

/* ---- Headers ---- */

/* Prepares for recvmmsg what the last call has changed. */
static void reset_headers(struct batch *batch, unsigned used) {
  for (unsigned slot = 0; slot < used; slot++) {
    struct msghdr *header = &batch->in[slot].msg_hdr;
    header->msg_namelen = sizeof batch->peers[slot];
    header->msg_control = batch->controls[slot].octets;
    header->msg_controllen = sizeof batch->controls[slot];
    header->msg_flags = 0;
  }
}

const char *batch_open(struct batch *batch, uint8_t *block, const int32_t *descriptors, unsigned count, int receive_timeout_ms) {
  batch->block = block;
  batch->timeout = (struct timespec){.tv_sec = receive_timeout_ms / 1000, .tv_nsec = receive_timeout_ms % 1000 * 1000000L};
  for (unsigned index = 0; index < count; index++) {
    batch->socket_count = index + 1;
    const char *failed = endpoint_adopt(&batch->sockets[index], descriptors[index], receive_timeout_ms);
    if (failed != NULL) return failed;
    batch->polls[index] = (struct pollfd){.fd = batch->sockets[index].fd, .events = POLLIN | POLLRDHUP};
  }
  for (unsigned slot = 0; slot < SLOTS; slot++) {
    batch->in_vectors[slot] = (struct iovec){.iov_base = block + QUERIES_AT + (size_t)slot * STRIDE, .iov_len = OCTETS};
    batch->in[slot].msg_hdr = (struct msghdr){.msg_name = &batch->peers[slot], .msg_iov = &batch->in_vectors[slot], .msg_iovlen = 1};
  }
  reset_headers(batch, SLOTS);
  return NULL;
}

void batch_close(struct batch *batch) {
  for (unsigned index = 0; index < batch->socket_count; index++) endpoint_close(&batch->sockets[index]);
  if (batch->own_epoch != NULL) become_idle(batch);
}

/* ---- Sending ---- */

/* Gathers the slots that have an answer. Returns their number. */
static unsigned gather_answers(struct batch *batch, unsigned received) {
  const uint16_t *lengths = (const uint16_t *)(void *)(batch->block + ANSWER_LENGTHS_AT);
  unsigned answers = 0;
  for (unsigned slot = 0; slot < received; slot++) {
    /* Read once: JavaScript wrote it, and nothing that it writes is trusted. */
    const unsigned length = lengths[slot];
    if (length == 0) continue;
    if (length > OCTETS) {
      count_failures(batch, COUNT_SEND_FAILED, 1, EMSGSIZE);
      continue;
    }
    const struct msghdr *in = &batch->in[slot].msg_hdr;
    struct iovec *vector = &batch->out_vectors[answers];
    *vector = (struct iovec){.iov_base = batch->block + ANSWERS_AT + (size_t)slot * STRIDE, .iov_len = length};
    batch->out[answers].msg_hdr = (struct msghdr){
        .msg_name = in->msg_name,
        .msg_namelen = in->msg_namelen,
        .msg_iov = vector,
        .msg_iovlen = 1,
        .msg_control = in->msg_controllen > 0 ? in->msg_control : NULL,
        .msg_controllen = in->msg_controllen,
    };
    answers++;
  }
  return answers;
}

void batch_flush(struct batch *batch) {
  const unsigned received = batch->received;
  /* First of all: whatever happens below, no answer is sent twice. */
  batch->received = 0;
  const unsigned answers = gather_answers(batch, received);
  unsigned next = 0, sent = 0, interruptions = 0;
  /* Each round sends, skips or gives up at least one answer: at most 64 rounds, and the interruptions. */
  while (next < answers) {
    const int done = sendmmsg(batch->sockets[batch->current].fd, batch->out + next, answers - next, 0);
    if (done > 0) {
      /* Fewer than asked for: the next one failed, and its error comes with the next call. */
      sent += (unsigned)done;
      next += (unsigned)done;
      continue;
    }
    const int number = done < 0 ? errno : EIO;
    if (number == EINTR && ++interruptions < MAX_INTERRUPTIONS) continue;
    if (number == EAGAIN || number == EWOULDBLOCK || number == ENOBUFS || number == ENOMEM) {
      /*
       * The send buffer stayed full until the send timeout, or the system has no memory: the others would fare no better. Clients ask again;
       * queries that wait behind us and overflow do not.
       */
      count_failures(batch, COUNT_SEND_FAILED, answers - next, number);
      break;
    }
    /* This answer's own trouble (unreachable, forbidden by a filter, port 0): the others go on. */
    count_failures(batch, COUNT_SEND_FAILED, 1, number);
    next++;
  }
  count(batch, COUNT_SENT, sent);
  /* The headers carried the peers until here. */
  reset_headers(batch, received);
}

/* ---- Receiving ---- */

/* Whether an error of recvmmsg is about the network's state, and passes, rather than about the socket. */
static bool is_soft(int number) {
  switch (number) {
    case ECONNREFUSED:
    case ECONNRESET:
    case EHOSTUNREACH:
    case EHOSTDOWN:
    case ENETUNREACH:
    case ENETDOWN:
    case EPROTO:
    case ENOPROTOOPT:
    case EMSGSIZE:
    case ENOBUFS:
    case ENOMEM:
      return true;
    default:
      return false;
  }
}

/* What an errno of recvmmsg or ppoll comes to: 0 to go on, or FAILED with errno in place. */
static int receive_error(struct batch *batch, int number) {
  if (number == EAGAIN || number == EWOULDBLOCK || number == EINTR) return 0;
  count_failures(batch, COUNT_RECEIVE_FAILED, 1, number);
  errno = number;
  return is_soft(number) && ++batch->soft_errors < MAX_SOFT_ERRORS ? 0 : FAILED;
}

/* Describes the received datagrams to JavaScript. Returns their number, or ENDED where there is none but the sign of the end. */
static int describe_batch(struct batch *batch, unsigned socket, unsigned received) {
  uint16_t *query_lengths = (uint16_t *)(void *)(batch->block + QUERY_LENGTHS_AT);
  uint8_t *flags = batch->block + FLAGS_AT;
  unsigned truncated = 0, datagrams = 0;
  /* An answer that the handler forgets is no answer, not the last batch's. */
  memset(batch->block + ANSWER_LENGTHS_AT, 0, received * sizeof(uint16_t));
  for (unsigned slot = 0; slot < received; slot++) {
    struct msghdr *header = &batch->in[slot].msg_hdr;
    query_lengths[slot] = (uint16_t)(batch->in[slot].msg_len > OCTETS ? OCTETS : batch->in[slot].msg_len);
    /* Every datagram has a sender; without one this is the end of a socket that was shut down. */
    if (header->msg_namelen == 0) {
      flags[slot] = FLAG_NOTHING;
      header->msg_controllen = 0;
      continue;
    }
    datagrams++;
    flags[slot] = (header->msg_flags & MSG_TRUNC) != 0 ? FLAG_TRUNCATED : 0;
    truncated += flags[slot] != 0;
    describe_peer(batch->block + PEERS_AT + (size_t)slot * PEER_OCTETS, &batch->peers[slot]);
    turn_control(header);
  }
  batch->soft_errors = 0;
  if (datagrams == 0) {
    reset_headers(batch, received);
    return ENDED;
  }
  batch->received = received;
  batch->current = socket;
  count(batch, COUNT_BATCHES, 1);
  count(batch, COUNT_RECEIVED, datagrams);
  if (truncated > 0) count(batch, COUNT_TRUNCATED, truncated);
  return (int)received;
}

/* One socket: recvmmsg itself waits, until the socket's receive timeout. */
static int receive_from_one(struct batch *batch) {
  unsigned interruptions = 0;
  int received, number;
  do {
    become_idle(batch);
    received = recvmmsg(batch->sockets[0].fd, batch->in, SLOTS, MSG_WAITFORONE, NULL);
    number = errno;
    become_busy(batch);
    /* Signals reach any thread. To a worker that ends when nothing more comes, one must not look like nothing. */
  } while (received < 0 && number == EINTR && ++interruptions < MAX_INTERRUPTIONS);
  return received > 0 ? describe_batch(batch, 0, (unsigned)received) : receive_error(batch, number);
}

/* Asks which sockets are readable. Returns 1 when some are, 0 when none was until the timeout, or what receive_error says. */
static int wait_for_several(struct batch *batch) {
  unsigned interruptions = 0;
  int found, number;
  do {
    become_idle(batch);
    found = ppoll(batch->polls, batch->socket_count, &batch->timeout, NULL);
    number = errno;
    become_busy(batch);
  } while (found < 0 && number == EINTR && ++interruptions < MAX_INTERRUPTIONS);
  if (found < 0) return receive_error(batch, number);
  for (unsigned socket = 0; socket < batch->socket_count; socket++) {
    if (batch->polls[socket].revents != 0) batch->ready |= UINT64_C(1) << socket;
  }
  return found > 0;
}

/* The next one that is readable: those after the last one first, so that each has its turn. */
static unsigned next_ready(const struct batch *batch) {
  const uint64_t later = batch->current == MAX_SOCKETS - 1 ? 0 : batch->ready & (UINT64_MAX << (batch->current + 1));
  return (unsigned)__builtin_ctzll(later != 0 ? later : batch->ready);
}

/* Several sockets: ppoll waits, and each that it finds readable has a turn before it is called again. */
static int receive_from_several(struct batch *batch) {
  for (unsigned attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
    if (batch->ready == 0) {
      if (__builtin_popcountll(batch->ended) == (int)batch->socket_count) return ENDED;
      const int found = wait_for_several(batch);
      if (found <= 0) return found;
    }
    const unsigned socket = next_ready(batch);
    const uint64_t bit = UINT64_C(1) << socket;
    const int received = recvmmsg(batch->sockets[socket].fd, batch->in, SLOTS, MSG_DONTWAIT, NULL);
    const int number = errno;
    /* Also after a full batch: a flood must not keep us from asking about the others. A ppoll for 64 datagrams costs next to nothing. */
    batch->ready &= ~bit;
    if (received > 0) {
      const int described = describe_batch(batch, socket, (unsigned)received);
      if (described != ENDED) return described;
    } else if (number != EAGAIN && number != EWOULDBLOCK) {
      return receive_error(batch, number);
    } else if ((batch->polls[socket].revents & (POLLRDHUP | POLLHUP)) != 0) {
      /* Shut down and empty. ppoll is what shows it: an attempt that does not wait never does. It leaves out negative descriptors. */
      batch->polls[socket].fd = -1;
      batch->polls[socket].revents = 0;
      batch->ended |= bit;
    }
  }
  return 0;
}

int batch_exchange(struct batch *batch) {
  batch_flush(batch);
  return batch->socket_count == 1 ? receive_from_one(batch) : receive_from_several(batch);
}

int batch_return_path(const struct batch *batch, unsigned slot, struct return_path *path) {
  if (slot >= batch->received) return -1;
  const struct msghdr *header = &batch->in[slot].msg_hdr;
  if (header->msg_namelen == 0) return -1;
  *path = (struct return_path){
      .peer_length = header->msg_namelen,
      .control_length = (uint32_t)header->msg_controllen,
      .peer = batch->peers[slot],
      .control = batch->controls[slot],
  };
  return (int)batch->current;
}
