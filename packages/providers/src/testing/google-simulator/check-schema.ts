import type { DiscoveryDocument, Schema } from './discovery-document.ts';

/** Where integers of a format lie. */
const INTEGERS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
};

/** What is wrong with a JSON value that shall be of a type; empty where nothing is. Each says where, by a path. */
export function checkSchema(document: DiscoveryDocument, schema: Schema, value: unknown, path: string): string[] {
  if (schema.$ref !== undefined) {
    const named = document.schemas[schema.$ref];
    return named === undefined ? [`no schema ${schema.$ref}`] : checkSchema(document, named, value, path);
  }
  switch (schema.type) {
    case 'object':
      return checkObject(document, schema, value, path);
    case 'array':
      if (!Array.isArray(value)) return [`Invalid value at '${path}': a list is expected`];
      return value.flatMap((item: unknown, index) => checkSchema(document, schema.items ?? {}, item, `${path}[${index}]`));
    default:
      return checkScalar(schema, value, path);
  }
}

function checkObject(document: DiscoveryDocument, schema: Schema, value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [`Invalid value at '${path}': an object is expected`];
  return Object.entries(value).flatMap(([key, part]) => {
    const property = schema.properties?.[key] ?? schema.additionalProperties;
    if (property === undefined) return [`Invalid JSON payload received. Unknown name "${key}" at '${path}': Cannot find field.`];
    return checkSchema(document, property, part, `${path}.${key}`);
  });
}

/** Checks a value without parts. Sixty-four bit integers travel as strings, as `format` says of a string. */
function checkScalar({ type, format = '', enum: values }: Schema, value: unknown, path: string): string[] {
  const wrong = [`Invalid value at '${path}' (${type ?? 'any'}${format === '' ? '' : `, ${format}`}): ${JSON.stringify(value)}`];
  switch (type) {
    case 'string':
      if (typeof value !== 'string' || (values !== undefined && !values.includes(value))) return wrong;
      return format !== 'uint64' || /^\d{1,20}$/.test(value) ? [] : wrong;
    case 'integer': {
      const [least, most] = INTEGERS[format] ?? [-Infinity, Infinity];
      return Number.isInteger(value) && Number(value) >= least && Number(value) <= most ? [] : wrong;
    }
    case 'number':
      return typeof value === 'number' ? [] : wrong;
    case 'boolean':
      return typeof value === 'boolean' ? [] : wrong;
    default:
      return [];
  }
}
