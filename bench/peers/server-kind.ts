/** A server of the comparison, by the name that `--servers` takes; `base` and `head` are the two commits of `compare.ts`. */
export type ServerName = 'base' | 'head' | 'kubezone' | 'kubezone-dgram' | 'nsd' | 'knot' | 'bind' | 'coredns' | 'echo';

/** What a server is started with. */
export interface ServerSetup {
  /** Its own folder, for its configuration and its state; it exists. */
  readonly folder: string;
  /** Its own copy of the zone file. */
  readonly zoneFile: string;
  /** On 127.0.0.1, for UDP and TCP. */
  readonly port: number;
  /** A second free port, for its control channel. */
  readonly controlPort: number;
}

/** How to start a program. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A way in which a served address is changed, and how it is done. */
export interface ChangeWay {
  readonly title: string;
  /** Done before the clock starts, such as that a zone may be edited. */
  readonly prepare?: () => Promise<void>;
  /** Called as the clock starts, with the probe's new address. */
  readonly apply: (address: string) => Promise<void>;
  /** Whether a new revision of the zone file has taken the old one's place before `apply` is called. */
  readonly rewritesFile: boolean;
}

/** A server that can be compared. */
export interface ServerKind {
  readonly name: ServerName;
  /** For tables: the product and its version. @throws {Error} where it is not installed, saying how to install it */
  readonly title: () => string | Promise<string>;
  /** Writes its configuration and says how it is started: in the foreground, with one process or thread that answers. */
  readonly compose: (setup: ServerSetup) => Command | Promise<Command>;
  /** Looks at what it has written once it answers. @throws {Error} where it is not what is to be measured */
  readonly started?: (log: string) => void;
  /** How what it serves is changed. */
  readonly changes: (setup: ServerSetup) => readonly ChangeWay[];
  /** Whether it answers out of the zone; the floor does not. */
  readonly answers: boolean;
}
