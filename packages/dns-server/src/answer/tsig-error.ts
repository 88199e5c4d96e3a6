import { CLASS, composeName, isFailure, parseName, RCODE, type ResourceRecord, TYPE } from '@kubezone/core';

/** Time signed and fudge, which stand after the algorithm's name (RFC 8945, section 4.2). */
const TIME_AND_FUDGE_OCTETS = 8;

/**
 * The TSIG record that answers a signature under a key which this server does not have: error BADKEY, itself not signed (RFC 8945, sections 5.2.1
 * and 5.3.2). The server has no keys at all.
 *
 * @param tsig of the query
 * @param id the query's message id
 */
export function tsigBadKey(tsig: ResourceRecord, id: number): ResourceRecord {
  const algorithm = parseName(tsig.rdata, 0, 'refuse');
  if (isFailure(algorithm)) throw new RangeError(`TSIG rdata is not well-formed: ${algorithm.message}`);
  const name = composeName(algorithm.name);
  const rdata = new Uint8Array(name.length + TIME_AND_FUDGE_OCTETS + 8);
  rdata.set(name);
  rdata.set(tsig.rdata.subarray(algorithm.end, algorithm.end + TIME_AND_FUDGE_OCTETS), name.length);
  const view = new DataView(rdata.buffer, name.length + TIME_AND_FUDGE_OCTETS);
  view.setUint16(0, 0); // MAC size
  view.setUint16(2, id);
  view.setUint16(4, RCODE.BADKEY);
  view.setUint16(6, 0); // other length
  return { owner: tsig.owner, type: TYPE.TSIG, class: CLASS.ANY, ttl: 0, rdata };
}
