import { type ApiPage, isRecord, list, record, refName, type Schema } from './api-page.js';

/**
 * The places of an answer where people's text is, as JSON pointers in which `*` is any item or key. Every free text
 * counts, and every object whose members are the sender's own, unless Dispatch makes the field's text itself: a new
 * field of the API is told to be data until somebody says otherwise.
 */
export function untrustedPlaces(
  answer: Schema,
  schemas: ApiPage['schemas'],
  systemText: readonly string[],
  root = '',
): readonly string[] {
  const places = new Set<string>();
  const visit = (schema: unknown, place: string, field: string): void => {
    const name = refName(schema);
    if (name !== undefined) return visit(schemas[name], place, field);
    const { type, properties, items, additionalProperties, ...limits } = record(schema);
    for (const option of [...list(limits['oneOf']), ...list(limits['anyOf'])]) visit(option, place, field);
    if (type === 'array') return visit(items, `${place}/*`, field);
    if (type === 'object') {
      for (const [key, member] of Object.entries(record(properties))) visit(member, `${place}/${key}`, key);
      if (additionalProperties === true) places.add(place);
      if (isRecord(additionalProperties)) visit(additionalProperties, `${place}/*`, field);
      return;
    }
    const isFree = type === 'string' && !['enum', 'const', 'format', 'pattern'].some((word) => word in limits);
    if (isFree && !systemText.includes(field)) places.add(place);
  };
  visit(answer, root, '');
  return [...places];
}

/**
 * Data as one line of JSON that can stand in a text for a model: no text within can end the line, or look like a tag
 * of what stands around it.
 */
export const asData = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[<>\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu,
    (sign) => sign.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
