export { answer, respond, type Response } from './answer/answer.ts';
export type { AnswerContext, Client, ZoneTable } from './answer/context.ts';
export { MAX_ALIASES, type Solution, solve } from './answer/solve.ts';
export { isCookieSecret } from './cookies/server-cookie.ts';
export { ListenError, type ListenErrorCode, printEndpoint } from './listen-error.ts';
export { type AnswererSettings, PacketAnswerer, type Peer } from './packed-answer/packet-answerer.ts';
export { IP_PREFIX_FORM, type IpPrefix, printIpPrefix, scanIpPrefix } from './rate-limit/ip-prefix.ts';
export {
  type GivenRateLimits,
  MAX_BURST_SECONDS,
  MAX_IPV6_PREFIX_LENGTH,
  MAX_RATE,
  MAX_SLIP,
  MAX_WINDOW_SECONDS,
  PRIVATE_PREFIXES,
  type RateLimits,
  resolveRateLimits,
} from './rate-limit/rate-limits.ts';
export {
  MAX_NAMES_OF_ADDRESS,
  PTR_SOURCE,
  type ReverseContribution,
  ReverseNames,
  type ReverseNamesOptions,
} from './reverse/reverse-names.ts';
export { isReverseZone } from './reverse/reverse-zone.ts';
export type { FallthroughOptions, RelayServer } from './relay/fallthrough-options.ts';
export { findRelayLoop, type RelayLoop, RelayLoopError, type RelayLoopErrorCode } from './relay/relay-loop.ts';
export {
  RELAY_BUCKETS_SECONDS,
  type RelayDurationSnapshot,
  type RelayServerSnapshot,
  type RelaySnapshot,
} from './relay/relay-statistics.ts';
export { type Applied, type ServedZone, type ServedZoneOptions, ServedZones, type ServedZonesOptions } from './served-zones.ts';
export { DnsServer } from './server.ts';
export { DEFAULT_UDP_PAYLOAD_SIZE, type DnsServerOptions, type ListenAddress, type TcpLimits } from './server-options.ts';
export {
  type CountedEvent,
  type LatencySnapshot,
  LATENCY_BUCKETS_SECONDS,
  type ResponseCount,
  Statistics,
  type StatisticsSnapshot,
  type Transport,
} from './statistics.ts';
export type { TcpTimeouts } from './transport/tcp-connection.ts';
