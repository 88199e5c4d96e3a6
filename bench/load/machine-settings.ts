import { readFileSync, writeFileSync } from 'node:fs';

/** A setting of the kernel that would treat one server better than another. */
interface Setting {
  readonly file: string;
  /** The value while something is measured, from the one before. */
  readonly change: (before: number) => number;
  /** What it means that it could not be set. */
  readonly otherwise: string;
}

const SETTINGS: readonly Setting[] = [
  {
    /*
     * dnsperf begins with all its queries at once; the kernel's default buffer (208 KiB) holds about 270 datagrams, and what is lost then is missing from the queries under way for the rest
     * of a short run. NSD and Kubezone ask for 1 MiB or more themselves; Knot, BIND and CoreDNS leave it to the machine.
     */
    file: '/proc/sys/net/core/rmem_default',
    change: (before) => Math.max(before, 1 << 20),
    otherwise: 'servers that ask for no receive buffer of their own will lose queries',
  },
  {
    /*
     * Each server has a session of its own, and autogroups divide a processor among sessions: a peer beside Kubezone's work would get half of it, but Kubezone's worker, in one session with that
     * work, an equal share with every thread of it.
     */
    file: '/proc/sys/kernel/sched_autogroup_enabled',
    change: () => 0,
    otherwise: 'a server beside work of another session gets more of the processor than one whose own work it is',
  },
];

/** Changes settings of the machine so that all servers have the same, and returns what puts the old ones back. Where one cannot be written (needs root) that is said, and it stays. */
export function equaliseMachine(): () => void {
  const restore = SETTINGS.flatMap(({ file, change, otherwise }) => {
    try {
      const before = readFileSync(file, 'utf8').trim();
      const wanted = String(change(Number(before)));
      if (wanted === before) return [];
      writeFileSync(file, wanted);
      return [() => writeFileSync(file, before)];
    } catch (error) {
      console.error(`${file} stays as it is: ${otherwise} (${String(error)})`);
      return [];
    }
  });
  return () => restore.forEach((putBack) => putBack());
}
