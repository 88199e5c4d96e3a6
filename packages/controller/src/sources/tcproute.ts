import { type RouteObject, TCP_ROUTES } from '../resources/gateway-api/route.ts';
import { routeSource, type RouteSourceOptions } from './route-source.ts';
import type { Source } from './source.ts';

/** TCPRoutes have no host names: those of annotations count, and of TLS listeners. */
export function tcpRoute(options: RouteSourceOptions): Source<RouteObject> {
  return routeSource('tcproute', TCP_ROUTES, options);
}
