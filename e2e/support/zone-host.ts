import type { WriteHooks } from './vendor-relay.ts';

/** One client's way to where a zone is kept: it tells the client's writes from whatever else is sent, and lets a test do something at each of them. */
export interface WriteRelay {
  readonly hooks: WriteHooks;
  /** How many writes have arrived. */
  readonly writes: number;
  /** Lets nothing through any more, in neither direction. */
  cut(): void;
  close(): Promise<void>;
}

/** Where the zone `example.com` is kept, for operators that publish there: a simulated vendor, or a name server. */
export interface ZoneHost {
  /** The name of its provider, as the configuration has it. */
  readonly name: string;
  /** What a process has to have in its environment to be let in. */
  readonly environment: Readonly<Record<string, string>>;
  /** Opens a way to it for one process, and gives back the `providerOptions` that lead there. */
  openRelay(): Promise<{ readonly relay: WriteRelay; readonly options: Readonly<Record<string, unknown>> }>;
  /** Empties the zone, and puts lines of a zone file into it. */
  seed(lines: readonly string[]): void | Promise<void>;
  /** What the zone holds, but SOA and NS of the apex: lines of a zone file in order. */
  dump(): readonly string[] | Promise<readonly string[]>;
  /** What it holds under a name and type in its own form, ids and all. */
  stored(name: string, type: string): string | Promise<string>;
  close(): Promise<void>;
}
