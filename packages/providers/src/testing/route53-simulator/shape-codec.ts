import { shapeOf, type Member, type ServiceModel, type Shape } from './service-model.ts';
import { encodeXml, type XmlElement } from './xml.ts';

/** What an element holds, by its shape: structures, lists, strings, numbers and booleans. */
export type Value = string | number | boolean | readonly Value[] | { readonly [name: string]: Value | undefined };

/** A request that the model does not allow. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/** Reads an element by its shape, checking everything that the model says of it, the order of elements too, which Route 53 demands. */
export function decodeElement(model: ServiceModel, name: string, element: XmlElement, path: string): Value {
  const shape = shapeOf(model, name);
  if (shape.type === 'structure') return decodeStructure(model, shape, element, path);
  if (shape.type === 'list') {
    const member = shape.member as Member;
    const entries = element.children.map((child, index) => {
      if (child.name !== (member.locationName ?? 'member')) throw new ShapeError(`unexpected <${child.name}> in ${path}`);
      return decodeElement(model, member.shape, child, `${path}.${index + 1}.member`);
    });
    checkRange(shape, entries.length, path, 'length');
    return entries;
  }
  if (element.children.length > 0) throw new ShapeError(`unexpected <${element.children[0]?.name}> in ${path}`);
  return decodeText(shape, element.text, path);
}

function decodeStructure(model: ServiceModel, shape: Shape, element: XmlElement, path: string): Value {
  const members = Object.entries(shape.members ?? {}).filter(([, { location }]) => location === undefined);
  const order = members.map(([name, { locationName = name }]) => locationName);
  const decoded: Record<string, Value> = {};
  let last = -1;
  if (element.text.trim() !== '') throw new ShapeError(`unexpected text ${JSON.stringify(element.text)} in ${path}`);
  for (const child of element.children) {
    const place = order.indexOf(child.name);
    const member = members[place];
    if (member === undefined) throw new ShapeError(`unexpected <${child.name}> in ${path}`);
    if (place <= last) throw new ShapeError(`<${child.name}> in ${path} is repeated or not in the order of the schema`);
    last = place;
    decoded[member[0]] = decodeElement(model, member[1].shape, child, `${path}.${child.name}`);
  }
  for (const required of shape.required ?? []) {
    if (decoded[required] === undefined && members.some(([name]) => name === required))
      throw new ShapeError(`missing ${required} in ${path}`);
  }
  return decoded;
}

/** Reads a scalar by its shape. */
export function decodeText(shape: Shape, text: string, path: string): Value {
  switch (shape.type) {
    case 'string':
      if (shape.enum?.includes(text) === false)
        throw new ShapeError(
          `Value '${text}' at '${path}' failed to satisfy constraint: Member must satisfy enum value set: [${shape.enum.join(', ')}]`,
        );
      if (shape.pattern !== undefined && !new RegExp(`^(?:${shape.pattern})$`).test(text))
        throw new ShapeError(
          `Value '${text}' at '${path}' failed to satisfy constraint: Member must satisfy regular expression pattern: ${shape.pattern}`,
        );
      checkRange(shape, text.length, path, 'length');
      return text;
    case 'long':
    case 'integer':
      if (!/^-?\d+$/.test(text)) throw new ShapeError(`'${text}' at '${path}' is no integer`);
      checkRange(shape, Number(text), path, 'value');
      return Number(text);
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw new ShapeError(`'${text}' at '${path}' is no boolean`);
      return text === 'true';
    default:
      throw new RangeError(`a ${shape.type} is in no request`);
  }
}

function checkRange({ min = -Infinity, max = Infinity }: Shape, found: number, path: string, what: string): void {
  if (found < min)
    throw new ShapeError(
      `Value at '${path}' failed to satisfy constraint: Member must have ${what} greater than or equal to ${min}`,
    );
  if (found > max)
    throw new ShapeError(
      `Value at '${path}' failed to satisfy constraint: Member must have ${what} less than or equal to ${max}`,
    );
}

/** Writes a value by its shape. @throws {RangeError} where it does not fit: the simulator's own fault */
export function encodeElement(model: ServiceModel, name: string, tag: string, value: Value): string {
  const shape = shapeOf(model, name);
  if (shape.type === 'list') {
    if (!Array.isArray(value)) throw new RangeError(`${tag} is no list`);
    const member = shape.member as Member;
    return `<${tag}>${(value as readonly Value[]).map((one) => encodeElement(model, member.shape, member.locationName ?? 'member', one)).join('')}</${tag}>`;
  }
  if (shape.type === 'structure') {
    if (typeof value !== 'object' || Array.isArray(value)) throw new RangeError(`${tag} is no structure`);
    const fields = value as Readonly<Record<string, Value | undefined>>;
    const unknown = Object.keys(fields).find((field) => shape.members?.[field] === undefined);
    if (unknown !== undefined) throw new RangeError(`${tag} has no member ${unknown}`);
    const missing = shape.required?.find((field) => fields[field] === undefined);
    if (missing !== undefined) throw new RangeError(`${tag} lacks ${missing}`);
    const inner = Object.entries(shape.members ?? {}).map(([field, { shape: inside, locationName = field }]) => {
      const one = fields[field];
      return one === undefined ? '' : encodeElement(model, inside, locationName, one);
    });
    return `<${tag}>${inner.join('')}</${tag}>`;
  }
  if (typeof value === 'object') throw new RangeError(`${tag} is no scalar`);
  return `<${tag}>${encodeXml(String(value))}</${tag}>`;
}
