#!/usr/bin/env node
// Checks an evidence bundle of Dispatch, offline: Node 18 or newer, this file and the unpacked bundle are all it needs.
//
//   node verify.mjs [--key '<public key>'] [folder]
//
// It trusts nothing in the folder but, when --key is not given, the public key in key.txt: compare what it prints with
// the key that you were given by another way. It shares no code with the service; docs/guides/proof.md of Dispatch and
// the standards that are named here are enough to write another one.

import { createHash, createPublicKey, verify } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const FORMAT = 'dispatch-bundle/1';

/** What stands in README.txt. */
export const README = `This is an evidence bundle of Dispatch: what a log of work orders holds about some tickets, with the proof that it does.

  report.html      for reading: everything that happened to the tickets
  events.jsonl     the same for programs: each event as it stands in the log, and the policies in force
  proofs.jsonl     for each event, the hashes that lead from it to the root of the log's tree (RFC 6962)
  checkpoint.txt   the root, signed (C2SP tlog-checkpoint)
  key.txt          the public key that the signature is checked with
  manifest.json    SHA-256 of each file
  verify.mjs       checks all of it, offline: node verify.mjs --key '<the public key you were given>'

Take the public key from somewhere else than this bundle: a forger would bring a key along.
The report is part of what is checked. Events that came after the checkpoint are not in here.
`;

/** Every member of a bundle but manifest.json, which names them. */
const MEMBERS = [
  'README.txt',
  'checkpoint.txt',
  'events.jsonl',
  'key.txt',
  'proofs.jsonl',
  'report.html',
  'verify.mjs',
];
const EVENT = [
  'at',
  'data',
  'hash',
  'id',
  'metadata',
  'position',
  'prevHash',
  'revision',
  'schemaVersion',
  'stream',
  'type',
];
const GENESIS = '0'.repeat(64);

/**
 * What a bundle holds, once all of it is proved; throws an Error that says what is wrong and where.
 * `members`: file name → bytes. `trusted`: the public key that must have signed; key.txt is believed without it.
 */
export function verifyBundle(members, trusted) {
  const { tickets } = checkManifest(members);
  const key = parseKey(text(members, 'key.txt').replace(/\n$/, ''));
  need(text(members, 'key.txt') === `${key.line}\n`, 'key.txt is not one line');
  if (trusted !== undefined) need(trusted.trim() === key.line, 'key.txt is not the key that was given with --key');
  const checkpoint = openCheckpoint(text(members, 'checkpoint.txt'), key);
  const events = readEvents(text(members, 'events.jsonl'));
  const proofs = readProofs(text(members, 'proofs.jsonl'));
  need(events.length === proofs.length, 'events.jsonl and proofs.jsonl have different numbers of lines');
  checkChains(events, tickets);
  for (const [line, event] of events.entries())
    checkInclusion(event, proofs[line], checkpoint, `proofs.jsonl:${line + 1}`);
  checkPolicies(events, proofs);
  need(text(members, 'README.txt') === README, 'README.txt is not the one of this format');
  const bundle = { key, checkpoint, tickets, events };
  need(text(members, 'report.html') === renderReport(bundle), 'report.html does not say what the events say');
  return bundle;
}

/** The text of manifest.json for these members. */
export function manifestOf(members, tickets) {
  const hashes = Object.fromEntries(MEMBERS.map((name) => [name, sha256(members.get(name)).toString('hex')]));
  return `${canonicalJson({ format: FORMAT, members: hashes, tickets })}\n`;
}

function checkManifest(members) {
  const manifest = parse(text(members, 'manifest.json'), 'manifest.json');
  need(manifest?.format === FORMAT, `manifest.json is not of the format ${FORMAT}`);
  const { tickets } = manifest;
  need(
    Array.isArray(tickets) && tickets.length > 0 && tickets.every((one) => typeof one === 'string'),
    'manifest.json names no tickets',
  );
  for (const name of [...MEMBERS, 'manifest.json']) need(members.has(name), `${name} is missing`);
  for (const name of members.keys())
    need(MEMBERS.includes(name) || name === 'manifest.json', `${name} does not belong here`);
  for (const name of MEMBERS)
    need(
      manifest.members?.[name] === sha256(members.get(name)).toString('hex'),
      `${name} is not what manifest.json says: it was changed`,
    );
  need(text(members, 'manifest.json') === manifestOf(members, tickets), 'manifest.json was changed');
  return manifest;
}

// Signature: C2SP signed-note and tlog-checkpoint

function parseKey(line) {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(line) ?? [];
  const bytes = Buffer.from(encoded ?? '', 'base64');
  need(bytes.length === 33 && bytes[0] === 1 && bytes.toString('base64') === encoded, 'key.txt holds no Ed25519 key');
  const hash = sha256(Buffer.concat([Buffer.from(`${name}\n`), bytes])).toString('hex');
  need(hash.startsWith(id), 'the id of the key in key.txt does not follow from it');
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytes.subarray(1)]);
  return { line, name, id, publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}

function openCheckpoint(note, key) {
  const [, signed, name, encoded] = /^([^]*\n)\n— ([^\s+]+) ([A-Za-z0-9+/]+=*)\n$/.exec(note) ?? [];
  need(signed !== undefined, 'checkpoint.txt is no note with one signature');
  const signature = Buffer.from(encoded, 'base64');
  need(signature.toString('base64') === encoded, 'the signature in checkpoint.txt is not spelled as it must be');
  need(
    name === key.name && signature.toString('hex', 0, 4) === key.id,
    'checkpoint.txt was signed by another key than key.txt holds',
  );
  need(
    verify(null, Buffer.from(signed), key.publicKey, signature.subarray(4)),
    'the signature in checkpoint.txt does not verify',
  );
  const [origin, size, root, ...more] = signed.split('\n');
  need(
    origin === key.name && /^[1-9]\d{0,14}$/.test(size) && more.join('') === '',
    'checkpoint.txt is no checkpoint of its key',
  );
  const hash = Buffer.from(root, 'base64');
  need(hash.length === 32 && hash.toString('base64') === root, 'checkpoint.txt has no root');
  return { origin, size: Number(size), root: hash };
}

// Events and the chain of hashes of each stream

function readEvents(jsonl) {
  return lines(jsonl, 'events.jsonl').map(([event, place]) => {
    need(Object.keys(event).sort().join() === EVENT.join(), `${place} has not the members of an event`);
    need(typeof event.stream === 'string' && Number.isSafeInteger(event.revision), `${place} stands in no stream`);
    need(/^\d{1,20}$/.test(event.position) && /^[0-9a-f]{64}$/.test(event.hash), `${place} has no position or no hash`);
    return event;
  });
}

function checkChains(events, tickets) {
  const tails = new Map();
  for (const [line, event] of events.entries()) {
    const place = `events.jsonl:${line + 1} (${event.stream}, revision ${event.revision})`;
    const tail = tails.get(event.stream) ?? { revision: -1, hash: GENESIS, position: -1n };
    need(
      event.stream === 'policy' || tickets.includes(event.stream),
      `${place}: manifest.json does not name the stream`,
    );
    need(event.revision === tail.revision + 1, `${place}: revision ${tail.revision + 1} was to come`);
    need(event.prevHash === tail.hash, `${place}: it does not follow from the event before it`);
    need(BigInt(event.position) > tail.position, `${place}: its position is not after the one before`);
    const { at, data, id, metadata, schemaVersion, stream, type } = event;
    const content = sha256(Buffer.from(canonicalJson({ at, data, id, metadata, schemaVersion, stream, type })));
    const hash = sha256(Buffer.concat([Buffer.from(event.prevHash, 'hex'), content])).toString('hex');
    need(hash === event.hash, `${place}: its hash is not that of its content`);
    tails.set(stream, { revision: event.revision, hash, position: BigInt(event.position) });
  }
  for (const ticket of tickets) need(tails.has(ticket), `events.jsonl has nothing of ${ticket}`);
}

// The tree: RFC 6962 hashes, RFC 9162 section 2.1.3.2

function readProofs(jsonl) {
  return lines(jsonl, 'proofs.jsonl').map(([proof, place]) => {
    need(Object.keys(proof).sort().join() === 'index,path', `${place} has not the members of a proof`);
    need(Number.isSafeInteger(proof.index) && proof.index >= 0 && Array.isArray(proof.path), `${place} is no proof`);
    const path = proof.path.map((hash) => Buffer.from(String(hash), 'base64'));
    need(
      path.every((hash, at) => hash.length === 32 && hash.toString('base64') === proof.path[at]),
      `${place} holds what is no hash`,
    );
    return { index: proof.index, path };
  });
}

function checkInclusion({ hash, position, revision, stream }, { index, path }, { size, root }, place) {
  need(index < size, `${place}: the checkpoint does not cover the event`);
  let node = sha256(Buffer.concat([Buffer.of(0), Buffer.from(canonicalJson({ hash, position, revision, stream }))]));
  let [fn, sn] = [index, size - 1];
  for (const beside of path) {
    need(sn > 0, `${place}: the proof is too long`);
    if (fn % 2 === 1 || fn === sn) {
      node = sha256(Buffer.concat([Buffer.of(1), beside, node]));
      while (fn % 2 === 0 && fn > 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
    } else node = sha256(Buffer.concat([Buffer.of(1), node, beside]));
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  need(sn === 0 && node.equals(root), `${place}: the proof does not lead to the signed root`);
}

// The policies in force

function checkPolicies(events, proofs) {
  const adopted = new Map();
  for (const [line, { stream, type, data }] of events.entries()) {
    if (stream !== 'policy' || type !== 'PolicyAdopted') continue;
    const version = `sha256:${sha256(Buffer.from(canonicalJson(data.set))).toString('hex')}`;
    need(version === data.version, `events.jsonl:${line + 1}: the policy is not the one of its version`);
    if (!adopted.has(version)) adopted.set(version, proofs[line].index);
  }
  for (const [line, { stream, metadata }] of events.entries()) {
    if (stream === 'policy') continue;
    const since = adopted.get(metadata?.policyVersion);
    need(since < proofs[line].index, `events.jsonl:${line + 1}: its policy was not in force before it`);
  }
}

// What people read

/** report.html: everything in it comes from the events, escaped. */
export function renderReport({ key, checkpoint, tickets, events }) {
  const policies = events.filter(({ type, stream }) => stream === 'policy' && type === 'PolicyAdopted');
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<title>Evidence of Dispatch</title>',
    '<style>body{font:15px/1.45 system-ui,sans-serif;margin:2rem;max-width:80rem}table{border-collapse:collapse;width:100%}',
    'th,td{border:1px solid #bbb;padding:.35rem .5rem;text-align:left;vertical-align:top}',
    'pre,code{font:12px/1.4 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;margin:0}</style></head><body>',
    '<h1>Evidence of Dispatch</h1>',
    `<p>${tickets.length} ${tickets.length === 1 ? 'ticket' : 'tickets'} of the log <code>${escape(checkpoint.origin)}</code>, as they stood`,
    `when the log had ${checkpoint.size} events. What came later is not in here.</p>`,
    `<p>Root of the tree: <code>${escape(checkpoint.root.toString('base64'))}</code><br>Signed by: <code>${escape(key.line)}</code></p>`,
    '<p>This page proves nothing by itself: <code>node verify.mjs</code> checks it together with the events.</p>',
    ...tickets.flatMap((ticket) =>
      ticketSection(
        ticket,
        events.filter(({ stream }) => stream === ticket),
      ),
    ),
    '<h2>Policies</h2>',
    table(
      ['since', 'version', 'brought by'],
      policies.map(({ at, data, metadata }) => [at, data.version, metadata?.actor?.id]),
    ),
    '</body></html>',
    '',
  ].join('\n');
}

function ticketSection(ticket, events) {
  const rows = events.map(({ revision, at, metadata, type, data, position, hash }) => [
    revision,
    at,
    [metadata?.actor?.id, metadata?.actor?.role, metadata?.actor?.type].filter(Boolean).join(', '),
    metadata?.tool,
    type,
    { pre: JSON.stringify(data, undefined, 1) },
    { pre: JSON.stringify(metadata?.request ?? null, undefined, 1) },
    metadata?.policyVersion,
    { pre: `${position}\n${hash}` },
  ]);
  const head = ['version', 'time', 'who', 'tool', 'what happened', 'facts', 'request', 'policy', 'position and hash'];
  return [`<h2>${escape(ticket)}</h2>`, table(head, rows)];
}

function table(head, rows) {
  const line = (cells, tag) => `<tr>${cells.map((cell) => `<${tag}>${cellText(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>\n${[line(head, 'th'), ...rows.map((cells) => line(cells, 'td'))].join('\n')}\n</table>`;
}

function cellText(cell) {
  if (typeof cell === 'object' && cell !== null) return `<pre>${escape(cell.pre)}</pre>`;
  return escape(String(cell ?? ''));
}

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text in HTML. Control characters, and those that turn the order of what follows around, are shown by number. */
function escape(string) {
  return string
    .replace(/[&<>"']/g, (character) => ENTITIES[character])
    .replace(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
      (character) => {
        return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
      },
    );
}

// Small things

/** RFC 8785: keys sorted at every depth, no white space. */
export function canonicalJson(value) {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`).join(',')}}`;
}

/** The values of JSON lines, each in its one spelling, with their places. */
function lines(jsonl, name) {
  need(jsonl.endsWith('\n'), `${name} does not end with a line`);
  return jsonl
    .slice(0, -1)
    .split('\n')
    .map((line, at) => {
      const place = `${name}:${at + 1}`;
      const value = parse(line, place);
      need(
        typeof value === 'object' && value !== null && canonicalJson(value) === line,
        `${place} is not in canonical form`,
      );
      return [value, place];
    });
}

function text(members, name) {
  need(members.has(name), `${name} is missing`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(members.get(name));
  } catch {
    throw new Error(`${name} is not UTF-8`);
  }
}

function parse(json, place) {
  try {
    return JSON.parse(json);
  } catch {
    throw new Error(`${place} is not JSON`);
  }
}

function need(met, otherwise) {
  if (!met) throw new Error(otherwise);
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest();
}

/** As a command: exit code 0 when everything is proved, 1 when something is not, 2 for a wrong call. */
function main(args) {
  const trusted = args[0] === '--key' ? args[1] : undefined;
  const rest = args[0] === '--key' ? args.slice(2) : args;
  if (rest.length > 1 || rest[0]?.startsWith('-') || (args[0] === '--key' && !trusted)) {
    console.error("usage: node verify.mjs [--key '<public key>'] [folder]");
    return 2;
  }
  const folder = rest[0] ?? dirname(fileURLToPath(import.meta.url));
  try {
    // What a desktop leaves behind in a folder is no member.
    const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
    const members = new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
    const { key, checkpoint, tickets, events } = verifyBundle(members, trusted);
    console.log(
      `VERIFIED: ${events.length} events of ${tickets.length} ${tickets.length === 1 ? 'ticket' : 'tickets'} and the policies, in a log of ${checkpoint.size} events`,
    );
    console.log(`  signed by  ${key.line}`);
    if (trusted === undefined)
      console.log(
        '  This key came with the bundle. Compare it with the one that you were given, or pass that with --key.',
      );
    return 0;
  } catch (error) {
    console.error(`NOT VERIFIED: ${error.message}`);
    return 1;
  }
}

// Not where another program loads it, which need not even be a file of the name that it was started by.
const [, started = ''] = process.argv;
if (existsSync(started) && realpathSync(started) === fileURLToPath(import.meta.url))
  process.exitCode = main(process.argv.slice(2));
