import { type RouteObject, TLS_ROUTES } from '../resources/gateway-api/route.ts';
import { routeSource, type RouteSourceOptions } from './route-source.ts';
import type { Source } from './source.ts';

/** TLSRoutes: host names that TLS clients ask for (SNI), on TLS listeners, whether those terminate TLS or pass it through. */
export function tlsRoute(options: RouteSourceOptions): Source<RouteObject> {
  return routeSource('tlsroute', TLS_ROUTES, options);
}
