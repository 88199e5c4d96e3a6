import type { ApiAnswer, ApiRequest } from '../../cluster/kubernetes/api-writer.ts';
import { type Fields, isFields } from '../../resources/fields.ts';

/** As much of a Kubernetes API server as a writer sees: objects with versions, conditional writes, and status by server-side apply. Answers at once. */
export class MemoryApi {
  readonly requests: ApiRequest[] = [];
  /** Answers in place of the server; throws where there is to be no answer. */
  fault: (request: ApiRequest) => ApiAnswer | undefined = () => undefined;
  /** Does what it is asked, and then says what this says: an answer that is lost on the way. */
  afterwards: (request: ApiRequest) => void = () => undefined;
  readonly #objects = new Map<string, Fields>();
  #version = 0;

  /** Creates or replaces an object. @param path such as `/api/v1/namespaces/default/services/web` */
  put(path: string, object: Fields): void {
    const metadata = isFields(object['metadata']) ? object['metadata'] : {};
    const name = path.slice(path.lastIndexOf('/') + 1);
    this.#version++;
    this.#objects.set(path, {
      ...object,
      metadata: { name, uid: `uid-${name}`, ...metadata, resourceVersion: String(this.#version) },
    });
  }

  get(path: string): Fields | undefined {
    return this.#objects.get(path);
  }

  delete(path: string): void {
    this.#objects.delete(path);
  }

  /** The objects of a collection: of one namespace, or of all. */
  list(collection: string): Fields[] {
    return [...this.#objects].flatMap(([path, object]) => {
      const ofNamespace = path.slice(0, path.lastIndexOf('/'));
      const ofAll = ofNamespace.replace(/\/namespaces\/[^/]+/, '');
      return ofNamespace === collection || ofAll === collection ? [object] : [];
    });
  }

  /** How many requests of a method there were. */
  count(method: string): number {
    return this.requests.filter((request) => request.method === method).length;
  }

  send(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    this.requests.push(request);
    return Promise.resolve().then(() => {
      signal.throwIfAborted();
      const answer = this.fault(request) ?? this.#answer(request);
      this.afterwards(request);
      return answer;
    });
  }

  #answer({ method, path: target, body = {}, contentType }: ApiRequest): ApiAnswer {
    const [path = '', query] = target.split('?', 2);
    if (method === 'POST') {
      const created = `${path}/${nameOf(body)}`;
      if (this.#objects.has(created)) return refuse(409, 'already exists');
      this.put(created, body);
      return done(this.get(created), 201);
    }
    if (method === 'GET' && query !== undefined) {
      const wanted = new URLSearchParams(query).get('fieldSelector')?.replace('metadata.name=', '');
      const items = this.list(path).filter((item) => wanted === undefined || nameOf(item) === wanted);
      return done({ metadata: {}, items }, 200);
    }
    const isStatus = path.endsWith('/status');
    const place = isStatus ? path.slice(0, -'/status'.length) : path;
    const held = this.get(place);
    if (held === undefined) return refuse(404, 'not found');
    if (method === 'PUT' && versionOf(body) !== versionOf(held)) return refuse(409, 'the object has been modified');
    if (method === 'PUT') this.put(place, body);
    if (method === 'PATCH') {
      const version = versionOf(body);
      if (version !== undefined && version !== versionOf(held)) return refuse(409, 'the object has been modified');
      const isApply = contentType === 'application/apply-patch+yaml';
      this.put(place, isApply ? { ...held, status: body['status'] } : (merge(held, body) as Fields));
      const after = this.get(place) ?? {};
      // What is going and has no finalizer any more is gone.
      const metadata = isFields(after['metadata']) ? after['metadata'] : {};
      if (metadata['deletionTimestamp'] !== undefined && metadata['finalizers'] === undefined) this.delete(place);
      return done(after, 200);
    }
    return done(this.get(place), 200);
  }
}

/** A merge patch (RFC 7386). */
function merge(held: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const merged: Record<string, unknown> = { ...(isFields(held) ? held : {}) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  }
  return merged;
}

/** What the API says when it refuses. */
export function refuse(status: number, message: string): ApiAnswer {
  return { status, body: { kind: 'Status', status: 'Failure', code: status, message } };
}

function done(body: Fields | undefined, status: number): ApiAnswer {
  return { status, body: body ?? {} };
}

function nameOf(object: Fields): string {
  return isFields(object['metadata']) ? String(object['metadata']['name']) : '';
}

function versionOf(object: Fields): unknown {
  return isFields(object['metadata']) ? object['metadata']['resourceVersion'] : undefined;
}
