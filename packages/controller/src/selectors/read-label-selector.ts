import { describe, type Fields, fieldsAt, MalformedObject, readItems, stringAt, stringsAt } from '../resources/fields.ts';
import { checkRequirement, type LabelRequirement, type LabelSelector, requirementValues } from './label-selector.ts';

const OPERATORS: Readonly<Record<string, 'in' | 'not-in' | 'exists' | 'does-not-exist'>> = {
  In: 'in',
  NotIn: 'not-in',
  Exists: 'exists',
  DoesNotExist: 'does-not-exist',
};

/** How many requirements, and values in one of them, are read. */
const MAX_ENTRIES = 1000;

/**
 * Reads a label selector of an object (meta/v1, LabelSelector): `matchLabels` and `matchExpressions`, all of which must hold.
 *
 * @param path where `parent` stands
 * @returns undefined where there is none, which selects nothing; an empty one selects everything
 * @throws {MalformedObject} where it is none
 */
export function readLabelSelector(parent: Fields | undefined, key: string, path: string): LabelSelector | undefined {
  const selector = parent === undefined ? undefined : fieldsAt(parent, key, path);
  if (selector === undefined) return undefined;
  const place = path === '' ? key : `${path}.${key}`;
  const requirements: LabelRequirement[] = [];
  const labels = fieldsAt(selector, 'matchLabels', place) ?? {};
  for (const label of Object.keys(labels)) {
    const values = [stringAt(labels, label, `${place}.matchLabels`) ?? ''];
    const requirement: LabelRequirement = { key: label, operator: 'in', values };
    const fault = checkRequirement(requirement);
    if (fault !== undefined) throw new MalformedObject(`${place}.matchLabels`, fault.found, fault.expected);
    requirements.push(requirement);
  }
  readItems(selector, 'matchExpressions', place, (item) => requirements.push(readExpression(item)));
  if (requirements.length > MAX_ENTRIES)
    throw new MalformedObject(place, `${requirements.length} requirements`, `at most ${MAX_ENTRIES}`);
  return requirements;
}

function readExpression(item: Fields): LabelRequirement {
  const found = stringAt(item, 'operator', '') ?? '';
  const operator = Object.hasOwn(OPERATORS, found) ? OPERATORS[found] : undefined;
  if (operator === undefined) throw new MalformedObject('operator', describe(found), Object.keys(OPERATORS).join(', '));
  const key = stringAt(item, 'key', '') ?? '';
  const values = stringsAt(item, 'values', '');
  if (values.length > MAX_ENTRIES) throw new MalformedObject('values', describe(values), `at most ${MAX_ENTRIES}`);
  const listed = operator === 'in' || operator === 'not-in';
  if (!listed && values.length > 0) throw new MalformedObject('values', describe(values), `none, with ${found}`);
  const requirement = listed ? { key, operator, values: requirementValues(values) } : { key, operator };
  const fault = checkRequirement(requirement);
  if (fault !== undefined) throw new MalformedObject(fault.part, fault.found, fault.expected);
  return requirement;
}
