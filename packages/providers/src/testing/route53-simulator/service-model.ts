import { readPypiFile } from '../pypi-file.ts';

/** A type of the model. */
export interface Shape {
  readonly type: 'structure' | 'list' | 'string' | 'long' | 'integer' | 'boolean' | 'timestamp';
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, Member>>;
  readonly member?: Member;
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
}

/** A part of a structure, or what a list is made of. */
export interface Member {
  readonly shape: string;
  readonly location?: 'uri' | 'querystring' | 'header';
  readonly locationName?: string;
}

/** What can be asked of the API. */
export interface Operation {
  readonly name: string;
  readonly http: { readonly method: string; readonly requestUri: string; readonly responseCode?: number };
  readonly input: { readonly shape: string; readonly locationName?: string; readonly xmlNamespace?: { readonly uri: string } };
  readonly output?: { readonly shape: string };
}

/** AWS's own description of Route 53's API, as far as it is read here. */
export interface ServiceModel {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** The model of Route 53 that AWS's SDK for Python carries. */
export async function readServiceModel(): Promise<ServiceModel> {
  const text = await readPypiFile({
    project: 'botocore',
    version: '1.44.5',
    wheelSha256: '8f16a56d1dff125dd65322ae021efa7ba5195a6db5102b96862566055b748921',
    member: 'botocore/data/route53/2013-04-01/service-2.json.gz',
    memberSha256: '31ade60ff28017b29f8145b12bdb827b892f7bfb679ea06c4323a9c05e3c43f2',
  });
  return JSON.parse(text) as ServiceModel;
}

/** A shape by its name. @throws {RangeError} where the model has none */
export function shapeOf(model: ServiceModel, name: string): Shape {
  const shape = model.shapes[name];
  if (shape === undefined) throw new RangeError(`the model has no shape ${name}`);
  return shape;
}
