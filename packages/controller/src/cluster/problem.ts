import type { ObjectFault } from '../resources/project-object.ts';
import { nameObject, type ObjectKey, type Resource } from '../resources/resource.ts';

/** Why something that was found in a cluster is not used, or not all of it. Stable. */
export type ProblemCode =
  /** A field has another type than the API gives it. The object's last good content stays in force. */
  | 'OBJECT_MALFORMED'
  /** An entry of a node's list of areas is no label of the allowed form. The other entries are used. */
  | 'AREA_INVALID'
  /** An entry of a list of addresses is neither an IPv4 nor an IPv6 address. The other entries are used. */
  | 'ADDRESS_INVALID'
  /** An annotation that switches something on holds neither `true` nor `false`. It counts as `false`. */
  | 'OPT_IN_INVALID'
  /** A name that an object asks for is no valid owner name, or lies in another zone than the one it was made for. */
  | 'OWNER_NAME_INVALID'
  /** The same annotation stands under both of external-dns's prefixes, with different values. That under `external-dns.kubernetes.io/` is used. */
  | 'ANNOTATION_SHADOWED'
  /** An annotation holds something else than it may. It counts as absent. */
  | 'ANNOTATION_INVALID'
  /** The annotation `kubezone.io/deletion-policy` holds neither `retain` nor `delete`. It counts as `retain`: what was kept can still be deleted. */
  | 'DELETION_POLICY_INVALID'
  /** A target is neither an IP address nor a host name, or no rdata of its type. The other targets are used. */
  | 'TARGET_INVALID'
  /** Targets that somebody has chosen are addresses and host names, and a name leads to one or the other. The addresses are used. */
  | 'TARGETS_MIXED'
  /** An RRset is asked for of a type that does not exist, or that no object may ask for. */
  | 'RECORD_TYPE_INVALID'
  /** A TTL is no number of seconds from 0 to 2^31-1. The zone's own TTL is used. */
  | 'TTL_INVALID'
  /** An object has more addresses than an RRset is to have. The first ones in the order of their octets are used. */
  | 'ADDRESSES_LEFT_OUT'
  /** A list of names or targets is longer than is read. Nothing of it is used. */
  | 'LIST_TOO_LONG'
  /**
   * A route's parent does not exist, does not take the route, or has not accepted it; or none of its parents' listeners matches one of its host names. Its
   * other parents and host names count.
   */
  | 'ROUTE_NOT_ATTACHED'
  /** A template does not suit an object, or would make too much of it. The names or targets that it would give are missing. */
  | 'TEMPLATE_FAILED'
  /** A rule of a Traefik resource cannot be read. It gives no host names; the object's other rules give theirs. */
  | 'RULE_INVALID'
  /** The Service or Gateway that is to give an object's names their addresses does not exist. The names exist without data. */
  | 'TARGET_OBJECT_MISSING'
  /** A Record breaks a rule of its definition: not exactly one of `value` and `valueFrom`, no type, an unknown kind of address. It asks for nothing. */
  | 'RECORD_INVALID'
  /** No zone that is configured holds the name: of a Record, which has no other purpose. Other kinds of objects are not told. */
  | 'NAME_OUTSIDE_ZONES'
  /** No pod that a Record selects is scheduled, or none of their nodes has an address of the wanted type and family. The name exists without data. */
  | 'NODE_ADDRESSES_MISSING'
  /** A source failed on an object: a defect of this program. What the object contributed before stays in force. */
  | 'SOURCE_FAULT'
  /** A file or folder of manifests cannot be read. Its last good content stays in force. */
  | 'MANIFEST_UNREADABLE'
  /** A file of manifests is larger than is read. Its last good content stays in force. */
  | 'MANIFEST_TOO_LARGE'
  /** A file that held objects is empty: somebody is about to write it. Its last good content stays in force until it has content or is gone. */
  | 'MANIFEST_BLANK'
  /** A document is not valid YAML or JSON. Objects that the file held before and no other document of it holds now stay in force. */
  | 'MANIFEST_SYNTAX'
  /** A document is no Kubernetes object: it has no `apiVersion` and `kind`. */
  | 'MANIFEST_NOT_AN_OBJECT'
  /** An object stands in two places; the first, in the order of paths, is used. */
  | 'MANIFEST_DUPLICATE'
  /** More problems of this object or file than are listed. */
  | 'MORE_PROBLEMS';

/** Something found in a cluster that is not used, or not as it stands. It is in force until the object or file is mended or gone. */
export interface Problem {
  readonly code: ProblemCode;
  /** The cluster's configured name. */
  readonly cluster: string;
  /** `Kind/namespace/name`, as in `Origin.object`; the kind alone where there is no name to tell it by; absent where the problem is a file's. */
  readonly object?: string;
  /** Where in the object, such as `metadata.annotations["…"]`. */
  readonly path?: string;
  /** The file in which it stands. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1, in UTF-16 code units. */
  readonly column?: number;
  /** What was found and what is expected, for a person. */
  readonly message: string;
  /** Since when it is in force, in milliseconds since the Unix epoch. */
  readonly since: number;
}

/** A problem as seen from inside its cluster: whoever collects it knows the rest. */
export type LocalProblem = Omit<Problem, 'cluster' | 'since'>;

const RESTING_ON_OTHERS: ReadonlySet<ProblemCode> = new Set([
  'ROUTE_NOT_ATTACHED',
  'TARGET_OBJECT_MISSING',
  'NODE_ADDRESSES_MISSING',
]);

/** Whether a problem may be that another object is not there: nobody can say so until all of them have been listed. */
export function restsOnOthers(code: ProblemCode): boolean {
  return RESTING_ON_OTHERS.has(code);
}

/** What is wrong with a malformed object, as a problem of it. */
export function problemOf(fault: ObjectFault): LocalProblem {
  const { path, found, expected } = fault;
  return {
    code: 'OBJECT_MALFORMED',
    path,
    message: `${path === '' ? '' : `${path}: `}found ${found}, expected ${expected}`,
  };
}

/** What a problem is about: an object or a file. The key under which its problems are replaced together. */
export type Subject =
  | { readonly kind: 'object'; readonly resource: Resource; readonly key: ObjectKey }
  | { readonly kind: 'file'; readonly file: string }
  /** Objects of a resource that cannot be told apart, having no name. */
  | { readonly kind: 'nameless'; readonly resource: Resource };

/** A subject as one string. */
export function nameSubject(subject: Subject): string {
  switch (subject.kind) {
    case 'object':
      return nameObject(subject.resource, subject.key);
    case 'file':
      return subject.file;
    case 'nameless':
      return subject.resource.title ?? subject.resource.kind;
    default:
      return subject satisfies never;
  }
}

/** Prints a problem as one line: `zones/git.yaml:7:3: Service/default/git: metadata.name: … [OBJECT_MALFORMED]`. */
export function printProblem(problem: Problem): string {
  const { code, cluster, object, file, line, column, message } = problem;
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return [cluster, place, object, `${message} [${code}]`].filter((part) => part !== undefined && part !== '').join(': ');
}
