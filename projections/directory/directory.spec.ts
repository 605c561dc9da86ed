import { expect, test } from '@jest/globals';
import { inLog, minute, rowsOf, uuid } from '../../test/support/events.js';
import { directory } from './projection.js';

const statements = {
  AccountStated: { stream: `account-${uuid(2)}`, data: { name: 'Acme' }, ids: { account_id: uuid(2), site_id: null } },
  SiteStated: {
    stream: `site-${uuid(3)}`,
    data: { name: 'Mall', account_id: uuid(2) },
    ids: { account_id: uuid(2), site_id: uuid(3) },
  },
  TechnicianStated: {
    stream: `technician-${uuid(4)}`,
    data: { name: 'Tess' },
    ids: { account_id: null, site_id: null },
  },
};

test('every statement begins an entity and states it again', () => {
  expect(Object.keys(directory.begins)).toStrictEqual(Object.keys(statements));
  expect(Object.keys(directory.when)).toStrictEqual(Object.keys(statements));
});

test.each(Object.entries(statements))('%s: the last one holds', (type, { stream, data, ids }) => {
  const [kind = '', ...id] = stream.split('-');
  const renamed = { ...data, name: 'another' };
  expect(
    rowsOf(directory, stream, [
      { type, data },
      { type, data: renamed },
    ]).at(-1),
  ).toStrictEqual({
    kind,
    id: id.join('-'),
    ...ids,
    name: 'another',
    entity: renamed,
    sealed_by: null,
    version: 1,
    created_at: minute(0),
    updated_at: minute(1),
  });
});

test('a site whose contacts are sealed says by which event, so that they can be opened', () => {
  const event = {
    ...inLog('site-1', { type: 'SiteStated', data: { name: 'Mall', account_id: 'a' } }, 0),
    schemaVersion: 2,
  };
  expect(directory.decode(event).sealedBy).toBe(event.id);
  expect(directory.decode({ ...event, schemaVersion: 1 }).sealedBy).toBeNull();
  expect(() => directory.decode({ ...event, schemaVersion: 3 })).toThrow('SiteStated of version 3');
});

test('what a newer release wrote is not guessed at', () => {
  const event = inLog('account-1', { type: 'AccountStated', data: { name: 'Acme' } }, 0);
  expect(() => directory.decode({ ...event, schemaVersion: 2 })).toThrow('AccountStated of version 2');
  expect(() => directory.decode({ ...event, type: 'AccountSold' })).toThrow('knows no AccountSold');
});
