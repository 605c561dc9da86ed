import type { TextFormat } from './meters.js';

const FORMATS = new Map<string, TextFormat | 'json'>([
  ['application/json', 'json'],
  ['application/*', 'json'],
  ['*/*', 'json'],
  ['text/plain', 'prometheus'],
  ['text/*', 'prometheus'],
  ['application/openmetrics-text', 'openmetrics'],
]);

export const CONTENT_TYPES: Readonly<Record<TextFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** What an Accept header likes best of what /metrics has: JSON where it says nothing, or likes several alike. */
export function formatFor(accept: string | undefined): TextFormat | 'json' {
  let best: { readonly format: TextFormat | 'json'; readonly quality: number } = { format: 'json', quality: 0 };
  for (const part of (accept ?? '').split(',')) {
    const [type = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase());
    const format = FORMATS.get(type);
    const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    const quality = q === undefined ? 1 : Number(q);
    if (format && quality > best.quality) best = { format, quality };
  }
  return best.format;
}
