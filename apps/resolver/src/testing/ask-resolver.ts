import { Resolver as NodeResolver } from 'node:dns/promises';

/** Asks a server, by the system's resolver library, for the data of one type at a name. */
export interface Asker {
  /** The data, sorted; or the code of `node:dns`: `ENOTFOUND` for NXDOMAIN, `ENODATA`. */
  readonly ask: (name: string, type: string) => Promise<string>;
}

export function askerOf(port: number): Asker {
  const resolver = new NodeResolver({ timeout: 2000, tries: 1 });
  resolver.setServers([`127.0.0.1:${port}`]);
  return {
    async ask(name, type) {
      try {
        return printAnswer(await resolver.resolve(name, type));
      } catch (error) {
        return (error as NodeJS.ErrnoException).code ?? String(error);
      }
    },
  };
}

function printAnswer(answer: unknown): string {
  if (!Array.isArray(answer)) return JSON.stringify(answer);
  return answer
    .map((one: unknown) => (typeof one === 'string' ? one : Array.isArray(one) ? one.join('') : JSON.stringify(one)))
    .toSorted()
    .join(' ');
}
