import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { getSystemErrorName } from 'node:util';

/** The interface of the addon that this code knows (native/udp-batch.c, `INTERFACE_VERSION`). */
const INTERFACE_VERSION = 4;

/** The version of Node-API that the addon is built for, a part of its path. */
const NAPI_VERSION = 8;

/** A path to the addon, or `off` for the fallback. */
const ENVIRONMENT_VARIABLE = 'KUBEZONE_UDP_ADDON';

/** Why a call of the addon failed. It is given arguments and sockets by this package alone, so the first two are defects of it. */
export type NativeUdpErrorCode =
  /** An argument is not what the function takes. */
  | 'UDP_BAD_ARGUMENT'
  /** The socket or the batch is closed already. */
  | 'UDP_CLOSED'
  /** A system call failed (`syscall` is its name, `errno` the system's number), or this build of Node lacks something. */
  | 'UDP_SYSTEM';

/** A UDP socket of the addon's, open until it is closed or collected. */
export interface NativeSocket {
  /** What a batch in another thread is opened with. */
  readonly descriptor: number;
  readonly port: number;
  /** What the system granted, in octets; Linux reports twice what was asked for. */
  readonly receiveBuffer: number;
  readonly sendBuffer: number;
}

/** Sockets as one thread reads from and writes to them. Its functions throw with code `UDP_CLOSED` when it is closed. */
export interface NativeBatch {
  /** Slots, as `NativeLayout` has them. */
  readonly memory: ArrayBuffer;
  /**
   * Sends the answers that stand in the slots, and waits for queries.
   *
   * @returns how many slots are filled; 0 when the receive timeout passed or a signal came; -1 when every socket is shut down and empty
   * @throws code `UDP_SYSTEM`, with `errno` and `syscall`, where the sockets are unusable
   */
  exchange(): number;
  /** Sends the answers that stand in the slots. */
  flush(): void;
  /**
   * Writes how the query in a slot is answered later, by `sendAnswer`.
   *
   * @param path `NativeLayout.pathOctets` octets, of no meaning to anybody else
   * @returns which of the batch's sockets the query came from
   */
  returnPath(slot: number, path: Uint8Array): number;
  /** Closes the batch's own descriptors of the sockets. */
  close(): void;
}

/** Where things stand in a batch's memory, in octets. */
export interface NativeLayout {
  readonly slots: number;
  /** The room for a query or an answer. */
  readonly octets: number;
  /** From one query, or answer, to the next. */
  readonly stride: number;
  /** 16 bits for each slot. */
  readonly queryLengths: number;
  /** 16 bits for each slot; 0, to which every receive resets it, for no answer. */
  readonly answerLengths: number;
  /** 8 bits for each slot; anything but 0: there is no whole query in it. */
  readonly flags: number;
  readonly peers: number;
  readonly peerOctets: number;
  readonly pathOctets: number;
  readonly queries: number;
  readonly answers: number;
}

/** The addon's functions. */
export interface NativeUdp {
  readonly interfaceVersion: number;
  readonly layout: NativeLayout;
  /**
   * Binds a socket.
   *
   * @param join whether it shares the port with sockets that this process has bound to it before; otherwise a port in use is an error
   * @param receiveBuffer octets, or 0 for the system's default
   * @throws code `UDP_SYSTEM`, with `errno` and `syscall`
   */
  openSocket(address: string, port: number, join: boolean, receiveBuffer: number, sendBuffer: number): NativeSocket;
  /** Wakes whoever reads from the socket, in any thread; it gets what is queued, and then the end. */
  shutdownSocket(socket: NativeSocket): void;
  /**
   * Sends an answer to a query that a batch has received from this socket, or from another one of the same address and port, from any thread, at once or not at all.
   *
   * @param answer 1 to `NativeLayout.octets` octets
   * @returns 0, or the errno with which the kernel did not take it
   */
  sendAnswer(socket: NativeSocket, answer: Uint8Array, path: Uint8Array): number;
  /** Closes this descriptor. Idempotent. */
  closeSocket(socket: NativeSocket): void;
  /**
   * Opens a batch over sockets of this process, which stay the caller's.
   *
   * @param epochs in shared memory: the current epoch at one index, the thread's own at the other (`WorkerEpochs`)
   * @param counters in shared memory (`COUNTER`)
   */
  openBatch(
    descriptors: Int32Array,
    receiveTimeoutMs: number,
    epochs: Int32Array<SharedArrayBuffer>,
    currentEpoch: number,
    ownEpoch: number,
    counters: Float64Array<SharedArrayBuffer>,
  ): NativeBatch;
  /** Asks for huge pages for shared memory. Returns false where there are none: a hint. */
  adviseHugePages(words: Int32Array<SharedArrayBuffer>): boolean;
  /**
   * Asks the scheduler for short time slices for this thread, so that it need not wait for a busy one on its processor to use up its own. Returns false where
   * the system has no such thing: a hint.
   */
  askForSlice(microseconds: number): boolean;
  /** How many sockets, batches and blocks of memory exist in the process. */
  liveObjects(): number;
}

let knownTarget: string | undefined;

/** What was found when the addon was looked for. */
export type NativeUdpSearch =
  | { readonly kind: 'found'; readonly path: string; readonly addon: NativeUdp }
  /** Why there is none, for a person. */
  | { readonly kind: 'absent'; readonly reason: string };

/**
 * Looks for the addon: where the environment says (`KUBEZONE_UDP_ADDON`, a path or `off`), else in the folder `native` of this package and in the one
 * beside this file (which is where a bundle has it), in each first what was built here, then what was shipped.
 */
export function findNativeUdp(environment: Readonly<Record<string, string | undefined>> = process.env): NativeUdpSearch {
  if (process.platform !== 'linux') return absent(`it exists for Linux, and this is ${process.platform}`);
  const wanted = environment[ENVIRONMENT_VARIABLE];
  if (wanted === 'off') return absent(`${ENVIRONMENT_VARIABLE} is off`);
  if (wanted !== undefined && wanted !== '') return openNativeUdp(wanted);
  const path = addonPaths().find((candidate) => existsSync(candidate));
  return path === undefined ? absent(`no addon for ${nativeTarget()} was built or shipped`) : openNativeUdp(path);
}

/** Asks the system for huge pages for memory in which much is looked up. Without the addon, or huge pages, it does nothing. */
export function adviseHugePages(words: Int32Array<SharedArrayBuffer>): void {
  const search = findNativeUdp();
  if (search.kind === 'found') search.addon.adviseHugePages(words);
}

/** Loads the addon of that path into this thread. */
export function openNativeUdp(path: string): NativeUdpSearch {
  const module: { exports: Partial<NativeUdp> } = { exports: {} };
  try {
    // Not require(): this is no CommonJS module, and nothing but the path may decide what is loaded.
    process.dlopen(module, path);
  } catch (error) {
    return absent(`${path} does not load: ${error instanceof Error ? error.message : String(error)}`);
  }
  const { interfaceVersion } = module.exports;
  if (interfaceVersion !== INTERFACE_VERSION) {
    return absent(`${path} has interface version ${interfaceVersion}, and ${INTERFACE_VERSION} is expected: build it again`);
  }
  return { kind: 'found', path, addon: module.exports as NativeUdp };
}

/** Where the addon may be, in the order in which it is looked for. */
export function addonPaths(target: string = nativeTarget()): string[] {
  return ['../../native/', './native/'].flatMap((folder) =>
    ['build', 'prebuilt'].map((kind) => fileURLToPath(new URL(`${folder}${kind}/${target}/udp-batch.node`, import.meta.url))),
  );
}

/** Which binaries run here: platform, architecture, C library and Node-API version. `native/build.mjs` names its results so. */
export function nativeTarget(): string {
  // A report takes a millisecond, and says the same each time.
  return (knownTarget ??= readTarget());
}

function readTarget(): string {
  const report = process.report as { excludeNetwork?: boolean; getReport: () => unknown };
  const { excludeNetwork = false } = report;
  // Otherwise the report has the name of each peer that this process is connected to, and waits for DNS.
  report.excludeNetwork = true;
  const { header } = report.getReport() as { readonly header?: { readonly glibcVersionRuntime?: string } };
  report.excludeNetwork = excludeNetwork;
  return `${process.platform}-${process.arch}-${header?.glibcVersionRuntime === undefined ? 'musl' : 'glibc'}-napi${NAPI_VERSION}`;
}

/** An error of the addon's in the form of Node's own: with the errno's name as its code. Others are returned as they are. */
export function namedSystemError(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || !('errno' in error) || typeof error.errno !== 'number') return error;
  const code = getSystemErrorName(-error.errno);
  const syscall = 'syscall' in error ? String(error.syscall) : 'unknown';
  return Object.assign(new Error(`${syscall}: ${code}`, { cause: error }), { code, errno: error.errno, syscall });
}

function absent(reason: string): NativeUdpSearch {
  return { kind: 'absent', reason };
}
