/** What Traefik calls the matchers that name hosts; `HostHeader` is what `Host` was called once. */
const MATCHERS: ReadonlySet<string> = new Set(['Host', 'HostHeader', 'HostSNI']);

const TOKEN = /\s*(?:([A-Za-z]\w*)|("(?:[^"\\]|\\.)*"|`[^`]*`|'[^']*')|(&&|\|\||[!(),]))/y;
const REST = /\s*$/y;

/**
 * The hosts that a Traefik rule matches: those of `Host` and `HostSNI`, but of none that the rule excludes with `!`, and no `HostSNI(*)`, which is every host.
 * Regular expressions name no hosts.
 *
 * @returns each host once; undefined where the text is no rule
 */
export function hostsOfRule(rule: string): readonly string[] | undefined {
  const hosts = new Set<string>();
  /** For each open parenthesis, whether what is in it is excluded, and which matcher's arguments it holds. */
  const open: { readonly excluded: boolean; readonly matcher: string | undefined }[] = [];
  let excluded = false;
  let matcher: string | undefined;
  let at = 0;
  for (;;) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(rule);
    if (match === null) break;
    at = TOKEN.lastIndex;
    const [, word, quoted, mark] = match;
    const outer = open.at(-1);
    if (word !== undefined) matcher = word;
    else if (quoted !== undefined) {
      if (outer?.matcher === undefined) return undefined;
      if (!outer.excluded && MATCHERS.has(outer.matcher)) addHost(hosts, unquote(quoted));
    } else if (mark === '!') excluded = !excluded;
    else if (mark === '(') {
      open.push({ excluded: excluded !== (outer?.excluded ?? false), matcher });
      excluded = false;
      matcher = undefined;
    } else if (mark === ')') {
      if (open.pop() === undefined) return undefined;
      excluded = false;
      matcher = undefined;
    }
  }
  REST.lastIndex = at;
  return REST.test(rule) && open.length === 0 ? [...hosts] : undefined;
}

function addHost(hosts: Set<string>, host: string): void {
  const trimmed = host.trim();
  if (trimmed !== '' && trimmed !== '*') hosts.add(trimmed);
}

function unquote(quoted: string): string {
  const inner = quoted.slice(1, -1);
  return quoted.startsWith('"') ? inner.replaceAll(/\\(.)/g, '$1') : inner;
}
