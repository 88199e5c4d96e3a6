/** Splits what has come over TCP into messages, each with the two octets of its length (RFC 1035, section 4.2.2), and what is not a whole one yet. */
export function splitFrames(received: Buffer): { readonly frames: readonly Buffer[]; readonly rest: Buffer } {
  const frames: Buffer[] = [];
  let rest = received;
  while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
    const end = 2 + rest.readUInt16BE(0);
    frames.push(rest.subarray(0, end));
    rest = rest.subarray(end);
  }
  return { frames, rest };
}
