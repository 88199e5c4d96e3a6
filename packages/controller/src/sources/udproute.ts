import { type RouteObject, UDP_ROUTES } from '../resources/gateway-api/route.ts';
import { routeSource, type RouteSourceOptions } from './route-source.ts';
import type { Source } from './source.ts';

/** UDPRoutes have no host names: those of annotations count. */
export function udpRoute(options: RouteSourceOptions): Source<RouteObject> {
  return routeSource('udproute', UDP_ROUTES, options);
}
