import { type RouteObject, GRPC_ROUTES } from '../resources/gateway-api/route.ts';
import { routeSource, type RouteSourceOptions } from './route-source.ts';
import type { Source } from './source.ts';

/** GRPCRoutes: host names of gRPC services, on the listeners of HTTPRoutes. */
export function grpcRoute(options: RouteSourceOptions): Source<RouteObject> {
  return routeSource('grpcroute', GRPC_ROUTES, options);
}
