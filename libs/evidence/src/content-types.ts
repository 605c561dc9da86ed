/**
 * What evidence may be, each with the ending of its object's name: pictures, documents and notes. Nothing that a
 * browser would run: no HTML, no SVG, no script.
 */
export const CONTENT_TYPES = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/heic': 'heic',
  'application/pdf': 'pdf',
  'text/plain': 'txt',
} as const;

export type ContentType = keyof typeof CONTENT_TYPES;

export const contentTypes = Object.keys(CONTENT_TYPES) as readonly ContentType[];

/** The type of an object whose name has this ending. */
export const contentTypeOf = (ending: string): ContentType | undefined =>
  contentTypes.find((type) => CONTENT_TYPES[type] === ending);

/** As an answer says it: a note's letters are UTF-8. */
export const headerOf = (type: ContentType): string => (type === 'text/plain' ? 'text/plain; charset=utf-8' : type);

/** Pictures are shown; all else is for keeping, so that no browser opens it among the service's own pages. */
export const dispositionOf = (type: ContentType, name: string): string =>
  `${type.startsWith('image/') ? 'inline' : 'attachment'}; filename="${name}"`;
