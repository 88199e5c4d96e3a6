import { apiError } from './api-error.ts';
import { checkSchema } from './check-schema.ts';
import type { DiscoveryDocument, Method, Parameter } from './discovery-document.ts';

/** A request that the API's description allows. */
export interface RoutedRequest {
  /** Such as `dns.changes.create`. */
  readonly method: Method;
  /** Of path and query, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/**
 * Finds the method that a request is of, and checks its parameters and body against the description.
 *
 * @throws {ApiError} 404 where there is none, 400 where the request is not as described
 */
export function routeRequest(document: DiscoveryDocument, httpMethod: string, url: URL, text: string): RoutedRequest {
  for (const { methods } of Object.values(document.resources)) {
    for (const method of Object.values(methods)) {
      if (method.httpMethod !== httpMethod) continue;
      const path = matchPath(method.path, url.pathname.slice(1));
      if (path === undefined) continue;
      const parameters = { ...path, ...checkQuery(document, method, url.searchParams) };
      return { method, parameters, body: checkBody(document, method, text) };
    }
  }
  throw apiError(404, 'notFound', `no method ${httpMethod} ${url.pathname}`);
}

/** A path with a final slash, or an empty segment, matches nothing. */
function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  // What follows a colon is part of a method's name, `{+resource}` takes slashes: neither is needed here.
  if (pattern.includes('+') || pattern.includes(':')) return undefined;
  const [wanted, found] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== found.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const value = decodeURIComponent(found[index] ?? '');
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name === undefined ? segment !== value : value === '') return undefined;
    if (name !== undefined) parameters[name] = value;
  }
  return parameters;
}

function checkQuery(document: DiscoveryDocument, method: Method, query: URLSearchParams): Record<string, string> {
  const known: Readonly<Record<string, Parameter>> = { ...document.parameters, ...method.parameters };
  const parameters: Record<string, string> = {};
  for (const [name, value] of query) {
    const parameter = known[name];
    if (parameter?.location !== 'query')
      throw apiError(400, 'badRequest', `Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter.`);
    const typed = parameter.type === 'integer' ? Number(value) : value;
    const [fault] = checkSchema(document, parameter, typed, name);
    if (fault !== undefined) throw apiError(400, 'badRequest', fault);
    parameters[name] = value;
  }
  return parameters;
}

function checkBody(document: DiscoveryDocument, method: Method, text: string): unknown {
  if (method.request === undefined) {
    if (text !== '') throw apiError(400, 'badRequest', `${method.id} takes no body`);
    return undefined;
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw apiError(400, 'parseError', 'Invalid JSON payload received.');
  }
  const [fault] = checkSchema(document, method.request, body, method.request.$ref.toLowerCase());
  if (fault !== undefined) throw apiError(400, 'badRequest', fault);
  return body;
}
