import { type Api, at } from '../support/api.js';

/** Every page of a list, in order. `between` happens after each page that has a next one. */
export async function pagesOf(
  api: Api,
  tool: string,
  list: string,
  query: Readonly<Record<string, string>>,
  between: () => Promise<unknown> = async () => undefined,
): Promise<readonly (readonly unknown[])[]> {
  const pages: (readonly unknown[])[] = [];
  for (let cursor: unknown = undefined; cursor !== null; ) {
    const asked = { ...query, ...(typeof cursor === 'string' && { cursor }) };
    const { json, text } = await api.run(tool, { query: new URLSearchParams(asked).toString() });
    const items = at(json, list);
    if (!Array.isArray(items)) throw new Error(text);
    pages.push(items);
    cursor = at(json, 'next_cursor');
    if (cursor !== null) await between();
  }
  return pages;
}
