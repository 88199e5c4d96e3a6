/** An element of a document that has elements and text, and nothing else: all that AWS's REST-XML protocol uses. */
export interface XmlElement {
  readonly name: string;
  /** As written; undefined where there is none. */
  readonly xmlns: string | undefined;
  readonly children: readonly XmlElement[];
  /** What stands outside of children. */
  readonly text: string;
}

const TOKEN =
  /<\?[^>]*\?>|<\/(?<close>[A-Za-z]\w*)\s*>|<(?<open>[A-Za-z]\w*)(?<attributes>(?:\s+[\w:]+="[^"<]*")*)\s*(?<empty>\/?)>|(?<text>[^<]+)/gy;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Reads a document. @throws {SyntaxError} where it is not well formed, or holds what no request has */
export function parseXml(document: string): XmlElement {
  interface Open {
    name: string;
    xmlns: string | undefined;
    children: XmlElement[];
    text: string;
  }
  const root: Open = { name: '', xmlns: undefined, children: [], text: '' };
  const stack: Open[] = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < document.length) {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(document)?.groups;
    const top = stack.at(-1) as Open;
    if (groups === undefined) throw new SyntaxError(`not well-formed at ${at}: ${document.slice(at, at + 40)}`);
    if (groups['text'] !== undefined) top.text += decode(groups['text']);
    if (groups['open'] !== undefined) {
      const element: Open = {
        name: groups['open'],
        xmlns: /\bxmlns="([^"]*)"/.exec(groups['attributes'] ?? '')?.[1],
        children: [],
        text: '',
      };
      top.children.push(element);
      if (groups['empty'] === '') stack.push(element);
    }
    if (groups['close'] !== undefined) {
      if (top.name !== groups['close']) throw new SyntaxError(`</${groups['close']}> closes <${top.name}>`);
      stack.pop();
    }
  }
  const [only, ...others] = root.children;
  if (stack.length > 1 || only === undefined || others.length > 0) throw new SyntaxError('the document is not one element');
  return only;
}

function decode(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));?/g, (entity, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    const character = ENTITIES[name ?? ''];
    if (character === undefined) throw new SyntaxError(`${entity} is no entity`);
    return character;
  });
}

/** Text as it stands in a document. */
export function encodeXml(text: string): string {
  return text.replaceAll(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;' })[character] ?? '&gt;');
}
