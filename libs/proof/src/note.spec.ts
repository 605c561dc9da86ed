import { describe, expect, test } from '@jest/globals';
import { openCheckpoint, signCheckpoint } from './checkpoint.js';
import { EMPTY_ROOT } from './merkle.js';
import { isKeyName, newSignerLine, NoteFault, openNote, signedNote, signerOf, verifierKey } from './note.js';
import { GO_NOTE, GO_SUM } from './testing/vectors.js';

const ours = signerOf(newSignerLine('example.com/dispatch'));

describe('notes of Go', () => {
  const note = `${GO_NOTE.text}\n— PeterNeumann ${GO_NOTE.signature}\n`;

  test('are signed to the byte and opened', () => {
    const signer = signerOf(GO_NOTE.signer);
    expect(signer.key.text).toBe(GO_NOTE.key);
    expect(signedNote(GO_NOTE.text, [signer])).toBe(note);
    expect(openNote(note, [verifierKey(GO_NOTE.key)]).text).toBe(GO_NOTE.text);
  });

  test.each([GO_SUM.note, GO_SUM.another])('a tree head of the checksum database verifies', (head) => {
    expect(openNote(head, [verifierKey(GO_SUM.key)]).text).toBe(head.split('\n\n')[0]?.concat('\n'));
    expect(() => openNote(head.replace('database', 'databose'), [verifierKey(GO_SUM.key)])).toThrow(NoteFault);
  });

  test('no part of a key is a key, and no key with one character changed', () => {
    for (let at = 1; at < GO_NOTE.key.length; at += 1)
      for (const part of [GO_NOTE.key.slice(0, at), GO_NOTE.key.slice(at)])
        expect(() => verifierKey(part)).toThrow(NoteFault);
    for (const line of [GO_NOTE.key, GO_NOTE.signer])
      for (let at = 0; at < line.length; at += 1) {
        const changed = line.slice(0, at) + String.fromCharCode(line.charCodeAt(at) + 1) + line.slice(at + 1);
        expect(() => (line === GO_NOTE.key ? verifierKey(changed) : signerOf(changed))).toThrow(NoteFault);
      }
  });
});

test('a signature counts by name and id; others are passed over; a known one that does not verify fails', () => {
  const other = signerOf(newSignerLine('example.com/dispatch'));
  const note = signedNote('a\n\nb\n', [other, ours]);
  expect(openNote(note, [ours.key]).text).toBe('a\n\nb\n');
  expect(openNote(note, [ours.key, other.key]).by).toEqual([other.key, ours.key]);
  expect(() => openNote(note, [verifierKey(GO_NOTE.key)])).toThrow('no known key signed it');
  expect(() => openNote(note.replace('b', 'c'), [ours.key])).toThrow('does not verify');
});

test.each([
  '',
  'a',
  'a\n',
  'a\n\n',
  'a\n\n— b\n',
  'a\n\n— b AAAA',
  'a\n\n— example.com/dispatch ====\n',
  'a\t\n\n— b AAAAAAA=\n',
])('%j is no signed note', (text) => {
  expect(() => openNote(text, [ours.key])).toThrow(NoteFault);
});

test('a fault tells nothing of a private key', () => {
  const line = newSignerLine('example.com/dispatch');
  const secret = line.slice(-20);
  expect(() => signerOf(`${line}A`)).toThrow(expect.objectContaining({ message: expect.not.stringContaining(secret) }));
});

test.each(['', 'a b', 'a+b', 'a\u00a0b', 'a\n', 'a\u2003'])('%j names no key', (name) => {
  expect(isKeyName(name)).toBe(false);
});

describe('checkpoints', () => {
  const note = signCheckpoint({ size: 7, root: EMPTY_ROOT }, ours);

  test('are three lines and a signature', () => {
    expect(note.split('\n\n')[0]).toBe('example.com/dispatch\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
    expect(openCheckpoint(note, [ours.key])).toEqual({
      origin: ours.key.name,
      size: 7,
      root: EMPTY_ROOT,
      key: ours.key,
    });
  });

  const root = EMPTY_ROOT.toString('base64');
  test.each([
    [`other.example\n7\n${root}\n`, 'another origin'],
    [`example.com/dispatch\n07\n${root}\n`, 'a leading zero'],
    [`example.com/dispatch\n-1\n${root}\n`, 'a sign'],
    [`example.com/dispatch\n99999999999999999999\n${root}\n`, 'a size beyond all'],
    [`example.com/dispatch\n7\n${root.slice(4)}\n`, 'a short root'],
    [`example.com/dispatch\n7\n${root.slice(0, -2)}V=\n`, 'a root in another spelling'],
    [`example.com/dispatch\n7\n`, 'no root'],
    [`example.com/dispatch\n7\n${root}\n\n`, 'an empty line'],
  ])('%j is none: %s', (text) => {
    expect(() => openCheckpoint(signedNote(text, [ours]), [ours.key])).toThrow(NoteFault);
  });

  test('every flipped bit is noticed', () => {
    const bytes = Buffer.from(note);
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (bytes[at] ?? 0) ^ 1;
      expect(() => openCheckpoint(changed.toString(), [ours.key])).toThrow(NoteFault);
    }
  });
});
