import { nameOf } from '@kubezone/core';

import { grpcRoute } from '../../sources/grpcroute.ts';
import { httpRoute } from '../../sources/httproute.ts';
import { namingOfZones } from '../../sources/naming-of-zones.ts';
import type { RouteSourceOptions } from '../../sources/route-source.ts';
import type { Source } from '../../sources/source.ts';
import { tcpRoute } from '../../sources/tcproute.ts';
import { tlsRoute } from '../../sources/tlsroute.ts';
import { udpRoute } from '../../sources/udproute.ts';
import { NameWorld, type NameWorldOptions } from '../../testing/name-world.ts';

export type RouteWorldOptions = Partial<RouteSourceOptions> & Omit<NameWorldOptions, 'sources'>;

/** The sources of all kinds of routes in the zone example.com, with a TTL of 60 seconds. */
export function routeSources(options: Partial<RouteSourceOptions> = {}): readonly Source[] {
  const naming = namingOfZones({ zones: [{ apex: nameOf('example.com'), ttl: 60 }] });
  const all: RouteSourceOptions = { naming, externalDns: { target: 'honour' }, ...options };
  return [httpRoute(all), grpcRoute(all), tlsRoute(all), tcpRoute(all), udpRoute(all)];
}

/** From objects of the Gateway API to names. */
export function routeWorld(objects: readonly object[], options: RouteWorldOptions = {}): Promise<NameWorld> {
  return NameWorld.with(objects, { ...options, sources: routeSources(options) });
}
