/* UDP sockets and the addresses of datagrams, in plain C. */
#ifndef KUBEZONE_ENDPOINT_H
#define KUBEZONE_ENDPOINT_H

#define _GNU_SOURCE
#ifndef __linux__
#error "udp-batch needs Linux: recvmmsg, sendmmsg, IP_PKTINFO"
#endif

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* A datagram's peer, as JavaScript reads it. */
#define PEER_FAMILY 0  /* octet: 4 or 6 */
#define PEER_PORT 2    /* 2 octets, network order */
#define PEER_ADDRESS 8 /* 16 octets; an IPv4 address fills the first 4 */
#define PEER_OCTETS 24

union address {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
};

/* Room for one IP_PKTINFO or IPV6_PKTINFO. */
union control {
  struct cmsghdr align;
  uint8_t octets[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

struct endpoint {
  /* -1 when closed. */
  int fd;
  int family;
  /* Bound to no address: each datagram carries its destination, and each answer its source. */
  bool wildcard;
};

/* What it takes to answer a datagram later, from another thread: opaque to JavaScript, which hands it from one to the other. */
struct return_path {
  /* Of the peer's address, and of the control data. */
  uint32_t peer_length;
  uint32_t control_length;
  union address peer;
  /* As turn_control has left it. */
  union control control;
};

struct endpoint_options {
  /* Numeric, with %interface for a link-local one. */
  const char *address;
  int port;
  /* Whether it shares the port with sockets that this user has bound before. */
  bool join;
  /* In octets; 0 for the system's default. */
  int receive_buffer;
  int send_buffer;
};

/*
 * Opens a socket and binds it. Returns NULL, or the name of the call that failed, with its errno in place; the endpoint is then to be closed all
 * the same.
 */
const char *endpoint_open(struct endpoint *endpoint, const struct endpoint_options *options);

/* Makes an endpoint with a descriptor of its own of a UDP socket that another one has opened. Returns as endpoint_open does. */
const char *endpoint_adopt(struct endpoint *endpoint, int descriptor, int receive_timeout_ms);

void endpoint_close(struct endpoint *endpoint);

int endpoint_port(const struct endpoint *endpoint);

/* Describes a received datagram's sender in PEER_OCTETS octets. */
void describe_peer(uint8_t *peer, const union address *address);

/*
 * Makes of the control data that came with a datagram that which goes with its answer, in place: from the address the query was sent to, by
 * whatever interface the routes say.
 */
void turn_control(struct msghdr *header);

/* Sends an answer, without waiting for room. Returns 0, or the errno with which it was not sent: EINVAL too where the path is none. */
int endpoint_send(const struct endpoint *endpoint, uint8_t *octets, size_t length, struct return_path *path);

#endif
