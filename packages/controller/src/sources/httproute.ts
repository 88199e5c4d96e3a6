import { type RouteObject, HTTP_ROUTES } from '../resources/gateway-api/route.ts';
import { routeSource, type RouteSourceOptions } from './route-source.ts';
import type { Source } from './source.ts';

/** HTTPRoutes: host names of HTTP and HTTPS services. `spec.hostnames` is compared with the listeners'. */
export function httpRoute(options: RouteSourceOptions): Source<RouteObject> {
  return routeSource('httproute', HTTP_ROUTES, options);
}
