#include "endpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

/* How long one sendmmsg may wait for room in the socket's send buffer before the rest of the batch is given up. */
#define SEND_TIMEOUT_MS 20

static bool is_wildcard(const union address *address) {
  return address->any.sa_family == AF_INET6 ? IN6_IS_ADDR_UNSPECIFIED(&address->v6.sin6_addr)
                                            : address->v4.sin_addr.s_addr == htonl(INADDR_ANY);
}

static int set_option(int fd, int level, int name, int value) { return setsockopt(fd, level, name, &value, sizeof value); }

/* Beyond the system's limit where we are privileged, up to it otherwise: a smaller buffer is no reason not to serve. */
static void set_buffer(int fd, int forced, int plain, int octets) {
  if (octets > 0 && set_option(fd, SOL_SOCKET, forced, octets) != 0) set_option(fd, SOL_SOCKET, plain, octets);
}

static const char *resolve(union address *local, socklen_t *length, const char *address, int port) {
  const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_DGRAM};
  struct addrinfo *found;
  char service[8];
  snprintf(service, sizeof service, "%d", port);
  if (getaddrinfo(address, service, &hints, &found) != 0) {
    errno = EADDRNOTAVAIL;
    return "getaddrinfo";
  }
  *length = found->ai_addrlen < sizeof *local ? found->ai_addrlen : sizeof *local;
  memcpy(local, found->ai_addr, *length);
  freeaddrinfo(found);
  return NULL;
}

const char *endpoint_open(struct endpoint *endpoint, const struct endpoint_options *options) {
  const struct timeval send_timeout = {.tv_usec = SEND_TIMEOUT_MS * 1000};
  union address local = {0};
  socklen_t length;
  endpoint->fd = -1;
  const char *failed = resolve(&local, &length, options->address, options->port);
  if (failed != NULL) return failed;

  const bool v6 = local.any.sa_family == AF_INET6;
  endpoint->family = local.any.sa_family;
  endpoint->wildcard = is_wildcard(&local);
  const int fd = endpoint->fd = socket(endpoint->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return "socket";
  if (v6 && set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) != 0) return "setsockopt IPV6_V6ONLY";
  if (endpoint->wildcard && set_option(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_RECVPKTINFO : IP_PKTINFO, 1) != 0) {
    return "setsockopt IP_PKTINFO";
  }
  /* Never learn a path's MTU: a forged ICMP message must not make us fragment an answer where an attacker likes. Since Linux 3.15; else ignored. */
  if (v6) {
    set_option(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_OMIT);
  } else {
    set_option(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT);
  }
  set_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, options->receive_buffer);
  set_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, options->send_buffer);
  if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &send_timeout, sizeof send_timeout) != 0) return "setsockopt SO_SNDTIMEO";
  /*
   * The first socket of an address binds alone, and only then lets others of this user join. With SO_REUSEPORT from the beginning, a second
   * server started by mistake would quietly take half of the queries instead of failing.
   */
  if (options->join && set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1) != 0) return "setsockopt SO_REUSEPORT";
  if (bind(fd, &local.any, length) != 0) return "bind";
  if (!options->join && set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1) != 0) return "setsockopt SO_REUSEPORT";
  return NULL;
}

const char *endpoint_adopt(struct endpoint *endpoint, int descriptor, int receive_timeout_ms) {
  const struct timeval timeout = {.tv_sec = receive_timeout_ms / 1000, .tv_usec = receive_timeout_ms % 1000 * 1000};
  union address local = {0};
  socklen_t length = sizeof local;
  int type = 0;
  socklen_t type_length = sizeof type;
  endpoint->fd = -1;
  if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &type_length) != 0) return "getsockopt SO_TYPE";
  if (getsockname(descriptor, &local.any, &length) != 0) return "getsockname";
  if (type != SOCK_DGRAM || (local.any.sa_family != AF_INET && local.any.sa_family != AF_INET6)) {
    errno = EPROTOTYPE;
    return "getsockname";
  }
  endpoint->family = local.any.sa_family;
  endpoint->wildcard = is_wildcard(&local);
  endpoint->fd = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (endpoint->fd < 0) return "fcntl F_DUPFD_CLOEXEC";
  if (setsockopt(endpoint->fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout) != 0) return "setsockopt SO_RCVTIMEO";
  return NULL;
}

void endpoint_close(struct endpoint *endpoint) {
  if (endpoint->fd >= 0) close(endpoint->fd);
  endpoint->fd = -1;
}

int endpoint_port(const struct endpoint *endpoint) {
  union address local = {0};
  socklen_t length = sizeof local;
  /* sin_port and sin6_port stand at the same place. */
  return getsockname(endpoint->fd, &local.any, &length) == 0 ? ntohs(local.v4.sin_port) : 0;
}

void describe_peer(uint8_t *peer, const union address *address) {
  memset(peer, 0, PEER_OCTETS);
  if (address->any.sa_family == AF_INET6) {
    peer[PEER_FAMILY] = 6;
    memcpy(peer + PEER_PORT, &address->v6.sin6_port, 2);
    memcpy(peer + PEER_ADDRESS, &address->v6.sin6_addr, 16);
  } else {
    peer[PEER_FAMILY] = 4;
    memcpy(peer + PEER_PORT, &address->v4.sin_port, 2);
    memcpy(peer + PEER_ADDRESS, &address->v4.sin_addr, 4);
  }
}

void turn_control(struct msghdr *header) {
  struct cmsghdr *item = CMSG_FIRSTHDR(header);
  header->msg_controllen = 0;
  /* There is room for one item, and one alone was asked for. */
  if (item == NULL) return;
  if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_PKTINFO) {
    struct in_pktinfo packet;
    memcpy(&packet, CMSG_DATA(item), sizeof packet);
    /* The kernel takes ipi_spec_dst: the destination, or for a broadcast or multicast query the receiving interface's own address. */
    packet.ipi_ifindex = 0;
    memcpy(CMSG_DATA(item), &packet, sizeof packet);
    header->msg_controllen = CMSG_SPACE(sizeof packet);
  } else if (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_PKTINFO) {
    struct in6_pktinfo packet;
    memcpy(&packet, CMSG_DATA(item), sizeof packet);
    /* No answer can come from a multicast address; let the kernel choose. */
    if (IN6_IS_ADDR_MULTICAST(&packet.ipi6_addr)) return;
    /* A link-local address means nothing without its interface. */
    if (!IN6_IS_ADDR_LINKLOCAL(&packet.ipi6_addr)) packet.ipi6_ifindex = 0;
    memcpy(CMSG_DATA(item), &packet, sizeof packet);
    header->msg_controllen = CMSG_SPACE(sizeof packet);
  }
}

int endpoint_send(const struct endpoint *endpoint, uint8_t *octets, size_t length, struct return_path *path) {
  /* The kernel checks what the control data says; that its length is not beyond our memory it cannot. */
  if (path->peer_length > sizeof path->peer || path->control_length > sizeof path->control) return EINVAL;
  struct iovec vector = {.iov_base = octets, .iov_len = length};
  const struct msghdr header = {
      .msg_name = &path->peer,
      .msg_namelen = path->peer_length,
      .msg_iov = &vector,
      .msg_iovlen = 1,
      .msg_control = path->control_length > 0 ? path->control.octets : NULL,
      .msg_controllen = path->control_length,
  };
  ssize_t sent;
  do sent = sendmsg(endpoint->fd, &header, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? errno : 0;
}
