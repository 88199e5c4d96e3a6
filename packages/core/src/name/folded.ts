/** Octet → the same with letters of ASCII in lower case, as names are compared (RFC 4343). */
export const FOLDED: Uint8Array = Uint8Array.from({ length: 256 }, (_, octet) =>
  octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet,
);
