/*
 * udp-batch: UDP in batches, for worker threads that do nothing else. This file is what JavaScript sees; batch.c and endpoint.c do the work.
 *
 * A worker calls one function in a loop, `exchange`: it sends the answers to the last batch with sendmmsg, then blocks in recvmmsg until the next
 * batch is there. Queries, answers, lengths and the clients' addresses lie in one block of memory that JavaScript sees as an ArrayBuffer, so a
 * call moves up to 64 datagrams each way, and neither side allocates.
 *
 * Built on Node-API alone (version 8: any Node since 15.12), so one binary serves every later Node. Linux only.
 *
 * Ownership, which is all that can go wrong here:
 * - The block belongs to C and is counted: the ArrayBuffer holds one reference, the batch another. Whatever JavaScript does to the ArrayBuffer in
 *   its thread (transfer, detach, collect), `exchange` never touches freed memory. It must not be handed to another thread: Node runs its finalizer
 *   when the thread ends that made it. It is not a SharedArrayBuffer, because V8 copies into and out of shared
 *   memory word by word: three times slower for an answer of 200 octets (Node 24).
 * - A batch duplicates the descriptors it is given. Who closes what first, in which thread, does not matter: a descriptor is closed only by the
 *   object that made it, and the socket lives until the last one goes.
 * - The counters and the epochs are the caller's SharedArrayBuffers (whose memory never moves), kept alive by references.
 * - Everything is released by finalizers too, when the object is collected or its thread ends, in whatever way.
 *
 * Nothing here trusts a number that JavaScript can write: lengths and indices are checked where they are used.
 */
#include "advice.h"
#include "batch.h"
#include "block.h"
#include "js-value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Changes with anything that JavaScript can see. The loader refuses another one: a stale build is not to be debugged as a mystery. */
#define INTERFACE_VERSION 4

/* A batch and what its functions in JavaScript need. All of it belongs to one thread. */
struct bound_batch {
  /* Functions that use it. */
  int references;
  bool closed;
  napi_env env;
  struct block *block;
  napi_ref epochs;
  napi_ref counters;
  struct batch batch;
};

static const napi_type_tag socket_tag = {0x6b7a2d7564702d73, 0x8d1f0e5c3b9a4721};

/* ---- Sockets ---- */

static void finalize_socket(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  endpoint_close(data);
  free(data);
  count_live(-1);
}

static int get_buffer_size(const struct endpoint *endpoint, int name) {
  int octets = 0;
  socklen_t length = sizeof octets;
  getsockopt(endpoint->fd, SOL_SOCKET, name, &octets, &length);
  return octets;
}

/* openSocket(address, port, join, receiveBuffer, sendBuffer): {descriptor, port, receiveBuffer, sendBuffer} */
static napi_value open_socket(napi_env env, napi_callback_info info) {
  size_t count = 5, length;
  napi_value arguments[5], handle;
  char address[128];
  struct endpoint_options options = {.address = address};
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok || count < 5 ||
      napi_get_value_string_utf8(env, arguments[0], address, sizeof address, &length) != napi_ok ||
      /* A full buffer is a text that was cut off. */
      length == sizeof address - 1 || strlen(address) != length ||
      napi_get_value_int32(env, arguments[1], &options.port) != napi_ok || options.port < 0 || options.port > 65535 ||
      napi_get_value_bool(env, arguments[2], &options.join) != napi_ok ||
      napi_get_value_int32(env, arguments[3], &options.receive_buffer) != napi_ok || options.receive_buffer < 0 ||
      napi_get_value_int32(env, arguments[4], &options.send_buffer) != napi_ok || options.send_buffer < 0) {
    return throw_argument(env, "openSocket(address, port, join, receiveBuffer, sendBuffer)");
  }
  struct endpoint *endpoint = calloc(1, sizeof *endpoint);
  if (endpoint == NULL) return throw_errno(env, "malloc", ENOMEM);
  count_live(1);
  const char *failed = endpoint_open(endpoint, &options);
  const int number = errno;
  if (failed != NULL) {
    finalize_socket(env, endpoint, NULL);
    return throw_errno(env, failed, number);
  }
  if (napi_create_object(env, &handle) != napi_ok || napi_wrap(env, handle, endpoint, finalize_socket, NULL, NULL) != napi_ok) {
    finalize_socket(env, endpoint, NULL);
    return throw_errno(env, "napi_wrap", ENOMEM);
  }
  if (napi_type_tag_object(env, handle, &socket_tag) != napi_ok || !set_number(env, handle, "descriptor", endpoint->fd) ||
      !set_number(env, handle, "port", endpoint_port(endpoint)) ||
      !set_number(env, handle, "receiveBuffer", get_buffer_size(endpoint, SO_RCVBUF)) ||
      !set_number(env, handle, "sendBuffer", get_buffer_size(endpoint, SO_SNDBUF))) {
    return throw_errno(env, "napi_set_named_property", ENOMEM);
  }
  return handle;
}

/* The endpoint behind a handle, open or closed; NULL, with an exception pending, where it is no handle. */
static struct endpoint *unwrap_endpoint(napi_env env, napi_value handle) {
  napi_valuetype type;
  bool tagged = false;
  void *data = NULL;
  /* Anything but an object would raise a TypeError of Node's. */
  if (napi_typeof(env, handle, &type) == napi_ok && type == napi_object &&
      napi_check_object_type_tag(env, handle, &socket_tag, &tagged) == napi_ok && tagged &&
      napi_unwrap(env, handle, &data) == napi_ok) {
    return data;
  }
  throw_argument(env, "a socket that openSocket returned is expected");
  return NULL;
}

/* The open endpoint behind a handle; NULL, with an exception pending, where there is none. */
static struct endpoint *get_endpoint(napi_env env, napi_value handle) {
  struct endpoint *endpoint = unwrap_endpoint(env, handle);
  if (endpoint == NULL || endpoint->fd >= 0) return endpoint;
  throw_code(env, "UDP_CLOSED", "the socket is closed");
  return NULL;
}

/* shutdownSocket(socket): ends the input of whoever reads from it, in any thread, once what is queued has been read. */
static napi_value shutdown_socket(napi_env env, napi_callback_info info) {
  const struct endpoint *endpoint = get_endpoint(env, first_argument(env, info));
  if (endpoint == NULL) return NULL;
  /* ENOTCONN is what success looks like; see the head of batch.c. */
  return shutdown(endpoint->fd, SHUT_RD) != 0 && errno != ENOTCONN ? throw_errno(env, "shutdown", errno) : NULL;
}

/* closeSocket(socket): idempotent. Closes this descriptor; a batch that reads from the socket has its own. */
static napi_value close_socket(napi_env env, napi_callback_info info) {
  struct endpoint *endpoint = unwrap_endpoint(env, first_argument(env, info));
  if (endpoint != NULL) endpoint_close(endpoint);
  return NULL;
}

/*
 * sendAnswer(socket, answer: Uint8Array, path: Uint8Array): number, the errno, or 0. From any thread; the path is what returnPath wrote, and which
 * of several sockets it is that it belongs to is the caller's affair.
 */
static napi_value send_answer(napi_env env, napi_callback_info info) {
  size_t count = 3, length, path_length;
  napi_value arguments[3], result;
  void *octets, *octets_of_path;
  struct return_path path;
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok || count < 3 ||
      !typed_array(env, arguments[1], napi_uint8_array, &octets, &length) || length < 1 || length > OCTETS ||
      !typed_array(env, arguments[2], napi_uint8_array, &octets_of_path, &path_length) || path_length != sizeof path) {
    return throw_argument(env, "sendAnswer(socket, answer, path)");
  }
  const struct endpoint *endpoint = get_endpoint(env, arguments[0]);
  if (endpoint == NULL) return NULL;
  memcpy(&path, octets_of_path, sizeof path);
  return napi_create_int32(env, endpoint_send(endpoint, octets, length, &path), &result) == napi_ok ? result : NULL;
}

/* ---- Batches ---- */

static void close_bound(struct bound_batch *bound) {
  if (bound->closed) return;
  bound->closed = true;
  batch_close(&bound->batch);
  if (bound->epochs != NULL) napi_delete_reference(bound->env, bound->epochs);
  if (bound->counters != NULL) napi_delete_reference(bound->env, bound->counters);
  block_release(bound->block);
}

static void release_bound(struct bound_batch *bound) {
  if (--bound->references > 0) return;
  close_bound(bound);
  free(bound);
  count_live(-1);
}

static void finalize_bound(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  release_bound(data);
}

/* The batch that a function is bound to; NULL, with an exception pending, where it is closed. */
static struct batch *open_or_throw(napi_env env, napi_callback_info info) {
  void *data = NULL;
  if (napi_get_cb_info(env, info, NULL, NULL, NULL, &data) != napi_ok) return NULL;
  struct bound_batch *bound = data;
  if (!bound->closed) return &bound->batch;
  throw_code(env, "UDP_CLOSED", "the batch is closed");
  return NULL;
}

/* exchange(): number, as batch_exchange has it. */
static napi_value exchange(napi_env env, napi_callback_info info) {
  napi_value result;
  struct batch *batch = open_or_throw(env, info);
  if (batch == NULL) return NULL;
  const int received = batch_exchange(batch);
  if (received == FAILED) return throw_errno(env, "recvmmsg", errno);
  return napi_create_int32(env, received, &result) == napi_ok ? result : NULL;
}

/* flush(): sends the answers of the last batch and receives nothing. */
static napi_value flush(napi_env env, napi_callback_info info) {
  struct batch *batch = open_or_throw(env, info);
  if (batch != NULL) batch_flush(batch);
  return NULL;
}

/* returnPath(slot, path: Uint8Array): number, the index of the socket that the query in the slot came from. Writes how it is answered later. */
static napi_value return_path_of(napi_env env, napi_callback_info info) {
  size_t count = 2, length;
  napi_value arguments[2], result;
  uint32_t slot;
  int socket = -1;
  void *octets;
  struct return_path path;
  const struct batch *batch = open_or_throw(env, info);
  if (batch == NULL) return NULL;
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok || count < 2 ||
      napi_get_value_uint32(env, arguments[0], &slot) != napi_ok ||
      !typed_array(env, arguments[1], napi_uint8_array, &octets, &length) || length != sizeof path ||
      (socket = batch_return_path(batch, slot, &path)) < 0) {
    return throw_argument(env, "returnPath(slot of the batch, path)");
  }
  memcpy(octets, &path, sizeof path);
  return napi_create_int32(env, socket, &result) == napi_ok ? result : NULL;
}

/* close(): idempotent. The memory stays as long as the ArrayBuffer does. */
static napi_value close_batch(napi_env env, napi_callback_info info) {
  void *data = NULL;
  if (napi_get_cb_info(env, info, NULL, NULL, NULL, &data) == napi_ok) close_bound(data);
  return NULL;
}

static bool bind_function(napi_env env, napi_value target, const char *name, napi_callback callback, struct bound_batch *bound) {
  napi_value function;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, bound, &function) != napi_ok ||
      napi_add_finalizer(env, function, bound, finalize_bound, NULL, NULL) != napi_ok) {
    return false;
  }
  bound->references++;
  return napi_set_named_property(env, target, name, function) == napi_ok;
}

static void finalize_block(napi_env env, void *data, void *hint) {
  (void)env;
  (void)data;
  block_release(hint);
}

/* The ArrayBuffer over the block, which it keeps alive. */
static bool expose_block(napi_env env, napi_value target, struct block *block) {
  napi_value memory;
  block_retain(block);
  if (napi_create_external_arraybuffer(env, block->octets, BLOCK_OCTETS, finalize_block, block, &memory) != napi_ok) {
    block_release(block);
    return false;
  }
  return napi_set_named_property(env, target, "memory", memory) == napi_ok;
}

static struct bound_batch *create_bound(napi_env env) {
  struct bound_batch *bound = calloc(1, sizeof *bound);
  if (bound == NULL) return NULL;
  bound->env = env;
  bound->references = 1;
  bound->block = block_create(BLOCK_OCTETS);
  if (bound->block == NULL) {
    free(bound);
    return NULL;
  }
  count_live(1);
  return bound;
}

/*
 * openBatch(descriptors: Int32Array, receiveTimeoutMs, epochs: Int32Array, globalEpoch, ownEpoch, counters: Float64Array):
 *   {memory: ArrayBuffer, exchange, flush, close}
 *
 * `epochs` and `counters` must lie in SharedArrayBuffers: the memory of an ArrayBuffer could be detached. The sockets stay the caller's.
 */
static napi_value open_batch(napi_env env, napi_callback_info info) {
  size_t argument_count = 6, descriptor_count, epoch_count, counter_count;
  napi_value arguments[6], result;
  void *descriptors, *epochs, *counters;
  int32_t timeout_ms;
  uint32_t global_epoch, own_epoch;
  if (napi_get_cb_info(env, info, &argument_count, arguments, NULL, NULL) != napi_ok || argument_count < 6 ||
      !typed_array(env, arguments[0], napi_int32_array, &descriptors, &descriptor_count) || descriptor_count < 1 ||
      descriptor_count > MAX_SOCKETS || napi_get_value_int32(env, arguments[1], &timeout_ms) != napi_ok || timeout_ms < 1 ||
      timeout_ms > 60000 || !shared_array(env, arguments[2], napi_int32_array, &epochs, &epoch_count) ||
      napi_get_value_uint32(env, arguments[3], &global_epoch) != napi_ok || global_epoch >= epoch_count ||
      napi_get_value_uint32(env, arguments[4], &own_epoch) != napi_ok || own_epoch >= epoch_count ||
      !shared_array(env, arguments[5], napi_float64_array, &counters, &counter_count) || counter_count < COUNTERS) {
    return throw_argument(env, "openBatch(descriptors, receiveTimeoutMs, epochs, globalEpoch, ownEpoch, counters)");
  }
  struct bound_batch *bound = create_bound(env);
  if (bound == NULL) return throw_errno(env, "malloc", ENOMEM);
  const char *failed =
      batch_open(&bound->batch, bound->block->octets, descriptors, (unsigned)descriptor_count, timeout_ms);
  if (failed != NULL) {
    const int number = errno;
    release_bound(bound);
    return throw_errno(env, failed, number);
  }
  bool made = napi_create_reference(env, arguments[2], 1, &bound->epochs) == napi_ok &&
              napi_create_reference(env, arguments[5], 1, &bound->counters) == napi_ok;
  if (made) {
    bound->batch.global_epoch = (int32_t *)epochs + global_epoch;
    bound->batch.own_epoch = (int32_t *)epochs + own_epoch;
    bound->batch.counters = counters;
  }
  made = made && napi_create_object(env, &result) == napi_ok && expose_block(env, result, bound->block) &&
         bind_function(env, result, "exchange", exchange, bound) && bind_function(env, result, "flush", flush, bound) &&
         bind_function(env, result, "returnPath", return_path_of, bound) && bind_function(env, result, "close", close_batch, bound);
  /* On failure the functions that were made still hold it, until they are collected. */
  release_bound(bound);
  return made ? result : throw_errno(env, "openBatch", ENOMEM);
}

/* ---- The module ---- */

#ifdef __SANITIZE_ADDRESS__
/* misbehave(kind): so that the sanitizers' silence about everything else means something. */
static napi_value misbehave(napi_env env, napi_callback_info info) {
  char kind[16] = "";
  size_t length;
  napi_value result;
  if (napi_get_value_string_utf8(env, first_argument(env, info), kind, sizeof kind, &length) != napi_ok) return NULL;
  int *numbers = calloc(4, sizeof *numbers);
  if (numbers == NULL) return NULL;
  if (strcmp(kind, "overflow") == 0) numbers[0] = memchr(numbers, 1, 4 * sizeof *numbers + length) != NULL;
  if (strcmp(kind, "undefined") == 0) numbers[0] = INT32_MAX + (int)length;
  const bool made = napi_create_int32(env, numbers[0], &result) == napi_ok;
  if (strcmp(kind, "leak") != 0) free(numbers);
  return made ? result : NULL;
}
#endif

/* ---- Hints ---- */

static napi_value boolean_of(napi_env env, bool value) {
  napi_value result;
  return napi_get_boolean(env, value, &result) == napi_ok ? result : NULL;
}

static napi_value advise_huge_pages_for(napi_env env, napi_callback_info info) {
  void *words;
  size_t length;
  if (!shared_array(env, first_argument(env, info), napi_int32_array, &words, &length)) {
    return throw_argument(env, "an Int32Array over a SharedArrayBuffer is expected");
  }
  return boolean_of(env, advise_huge_pages(words, length * sizeof(int32_t)));
}

static napi_value ask_for_slice_of(napi_env env, napi_callback_info info) {
  double microseconds;
  if (napi_get_value_double(env, first_argument(env, info), &microseconds) != napi_ok || !(microseconds >= 1 && microseconds <= 1e6)) {
    return throw_argument(env, "a number of microseconds from 1 to 1000000 is expected");
  }
  return boolean_of(env, ask_for_slice((unsigned long long)(microseconds * 1000)));
}

static napi_value get_live_objects(napi_env env, napi_callback_info info) {
  napi_value result;
  (void)info;
  return napi_create_int32(env, live_objects(), &result) == napi_ok ? result : NULL;
}

static bool export_layout(napi_env env, napi_value exports) {
  static const struct {
    const char *name;
    double value;
  } numbers[] = {
      {"slots", SLOTS},
      {"octets", OCTETS},
      {"stride", STRIDE},
      {"queryLengths", QUERY_LENGTHS_AT},
      {"answerLengths", ANSWER_LENGTHS_AT},
      {"flags", FLAGS_AT},
      {"peers", PEERS_AT},
      {"peerOctets", PEER_OCTETS},
      {"pathOctets", sizeof(struct return_path)},
      {"queries", QUERIES_AT},
      {"answers", ANSWERS_AT},
  };
  napi_value layout;
  if (napi_create_object(env, &layout) != napi_ok) return false;
  for (size_t index = 0; index < sizeof numbers / sizeof numbers[0]; index++) {
    if (!set_number(env, layout, numbers[index].name, numbers[index].value)) return false;
  }
  return napi_set_named_property(env, exports, "layout", layout) == napi_ok &&
         set_number(env, exports, "interfaceVersion", INTERFACE_VERSION);
}

/* Whether this build of Node lets JavaScript see memory of ours: with V8's sandbox it does not. */
static bool allows_external_memory(napi_env env) {
  napi_value memory;
  struct block *block = block_create(1);
  if (block == NULL) return false;
  if (napi_create_external_arraybuffer(env, block->octets, 1, finalize_block, block, &memory) == napi_ok) return true;
  block_release(block);
  return false;
}

NAPI_MODULE_INIT() {
  static const struct {
    const char *name;
    napi_callback callback;
  } functions[] = {
      {"openSocket", open_socket}, {"shutdownSocket", shutdown_socket}, {"closeSocket", close_socket},
      {"openBatch", open_batch},   {"liveObjects", get_live_objects}, {"adviseHugePages", advise_huge_pages_for},
      {"askForSlice", ask_for_slice_of}, {"sendAnswer", send_answer},
#ifdef __SANITIZE_ADDRESS__
      {"misbehave", misbehave},
#endif
  };
  /* Said here, where the loader still can choose the fallback. */
  if (!allows_external_memory(env)) return throw_code(env, "UDP_SYSTEM", "this build of Node has no external array buffers");
  for (size_t index = 0; index < sizeof functions / sizeof functions[0]; index++) {
    napi_value function;
    if (napi_create_function(env, functions[index].name, NAPI_AUTO_LENGTH, functions[index].callback, NULL, &function) != napi_ok ||
        napi_set_named_property(env, exports, functions[index].name, function) != napi_ok) {
      return NULL;
    }
  }
  return export_layout(env, exports) ? exports : NULL;
}
