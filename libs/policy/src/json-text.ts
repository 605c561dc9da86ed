import { PolicyFault, pointer } from './fault.js';

/**
 * The value of a JSON text. Stricter than JSON.parse, which lets the last of two equal keys win, and exact about
 * the place: JSON.parse names none for most faults.
 */
export function readJson(file: string, text: string): unknown {
  inspect(file, text);
  return JSON.parse(text);
}

/** A string, a number, a word or a mark, as the JSON grammar has them. */
const TOKEN =
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/y;
const SPACE = /[ \t\n\r]*/y;

type Path = readonly (string | number)[];

/** Throws at the first character that cannot be part of JSON, or at a key that stands twice in its object. */
function inspect(file: string, text: string): void {
  let start = 0;
  let token = '';

  function advance(): void {
    SPACE.lastIndex = start + token.length;
    SPACE.exec(text);
    start = SPACE.lastIndex;
    TOKEN.lastIndex = start;
    token = TOKEN.exec(text)?.[0] ?? '';
    if (token === '' && start < text.length) throw unexpected();
  }

  function unexpected(): PolicyFault {
    const before = text.slice(0, start).split('\n');
    const place = `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
    return new PolicyFault(file, place, start < text.length ? `unexpected ${text[start]}` : 'ends too early');
  }

  function expect(mark: string): void {
    if (token !== mark) throw unexpected();
    advance();
  }

  function value(path: Path): void {
    if (token === '{') return object(path);
    if (token === '[') return list(path);
    if (!/^["\-\dtfn]/.test(token)) throw unexpected();
    advance();
  }

  function object(path: Path): void {
    const keys = new Set<string>();
    members('}', () => {
      if (!token.startsWith('"')) throw unexpected();
      const key = String(JSON.parse(token));
      if (keys.has(key)) throw new PolicyFault(file, pointer(...path, key), `duplicate key '${key}'`);
      keys.add(key);
      advance();
      expect(':');
      value([...path, key]);
    });
  }

  function list(path: Path): void {
    let index = 0;
    members(']', () => value([...path, index++]));
  }

  function members(end: string, member: () => void): void {
    advance();
    if (token !== end) {
      member();
      while (token === ',') {
        advance();
        member();
      }
    }
    expect(end);
  }

  advance();
  value([]);
  if (token !== '') throw unexpected();
}
