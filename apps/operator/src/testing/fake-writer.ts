import type { ApiAnswer, ApiRequest } from '@kubezone/controller';

type Body = ApiAnswer['body'];

/** An API server that has a few objects, by their paths: it reads them, and merges annotations into them. */
export class FakeWriter {
  readonly objects = new Map<string, Body>();
  readonly requests: ApiRequest[] = [];
  /** What it answers instead of 200; or fails with. */
  trouble: number | Error | undefined;

  send(request: ApiRequest): Promise<ApiAnswer> {
    this.requests.push(request);
    const { trouble } = this;
    if (trouble instanceof Error) return Promise.reject(trouble);
    if (trouble !== undefined) return Promise.resolve({ status: trouble, body: {} });
    const object = this.objects.get(request.path);
    if (object === undefined) return Promise.resolve({ status: 404, body: {} });
    if (request.method === 'PATCH') {
      const metadata = (object['metadata'] ?? {}) as Record<string, unknown>;
      const patch = (request.body?.['metadata'] ?? {}) as {
        readonly annotations?: Record<string, string | null>;
        readonly resourceVersion?: string;
      };
      if (patch.resourceVersion !== undefined && patch.resourceVersion !== metadata['resourceVersion'])
        return Promise.resolve({ status: 409, body: {} });
      const merged = { ...(metadata['annotations'] as object | undefined), ...patch.annotations };
      const annotations = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
      const resourceVersion = String(Number(metadata['resourceVersion'] ?? 0) + 1);
      this.objects.set(request.path, { ...object, metadata: { ...metadata, resourceVersion, annotations } });
    }
    return Promise.resolve({ status: 200, body: this.objects.get(request.path) ?? {} });
  }

  /** The annotations of the object at a path. */
  annotations(path: string): Readonly<Record<string, string>> {
    const { annotations = {} } = (this.objects.get(path)?.['metadata'] ?? {}) as { annotations?: Record<string, string> };
    return annotations;
  }
}

/** Lets promises settle. */
export async function turns(count: number = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}
