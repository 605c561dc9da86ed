import { describe, expect, jest, test } from '@jest/globals';
import { openEventStoreDbEventStore } from './eventstoredb-event-store.js';
import { faultOfEventStoreDbUrl, placeOfEventStoreDb, readEventStoreDbUrl } from './url.js';

const SECRET = 'pa%24s-word';

test.each([
  'esdb://localhost:2113?tls=false',
  'esdb://localhost',
  `esdb://admin:${SECRET}@one:2113,two:2113,three:2113?tlsCaFile=/certs/ca.crt&nodePreference=leader`,
  `kurrentdb+discover://admin:${SECRET}@cluster.example:2113/?keepAliveInterval=10000&gossip_timeout=3`,
  'esdb://one?userCertFile=/certs/user.crt&userKeyFile=/certs/user.key&tls-verify-cert=true',
])('%s is a connection string', (url) => {
  expect(faultOfEventStoreDbUrl(url)).toBeUndefined();
});

test('both names of the protocol are one to the client, and a deadline is taken over', () => {
  expect(readEventStoreDbUrl('kurrentdb+discover://cluster:2113?defaultDeadline=3000')).toEqual({
    connectionString: 'esdb+discover://cluster:2113?defaultDeadline=3000',
    defaultDeadline: 3_000,
  });
});

describe('a bad one is refused, and nothing of it is told but the name of an option:', () => {
  test.each([
    ['', 'must be a connection string'],
    [`https://admin:${SECRET}@one:2113`, 'must be a connection string'],
    [`esdb://admin:${SECRET}`, 'cannot be used'],
    [`esdb://admin:${SECRET}@`, 'must be a connection string'],
    [`esdb://admin:${SECRET}@one two`, 'must be a connection string'],
    [`esdb://admin:${SECRET}@one?${SECRET}=1`, 'has an option that is not supported'],
    [`esdb://admin:${SECRET}@one?tls=${SECRET}`, 'has a value for its option tls'],
    [`esdb://admin:${SECRET}@one?tlsVerifyCert=false`, 'has a value for its option tlsverifycert'],
    [`esdb://admin:${SECRET}@one?nodePreference=follower`, 'has a value for its option nodepreference'],
    [`esdb://admin:${SECRET}@one?tlsCaFile=/nowhere/ca.crt`, 'certificate file'],
    [`esdb://admin:${SECRET}@one?tls=true&&`, 'has an option that is not supported'],
  ])('%s', (url, fault) => {
    const warned = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const told = (() => {
      try {
        openEventStoreDbEventStore({ url });
        return 'nothing';
      } catch (error) {
        return String(error);
      }
    })();
    expect(told).toContain(fault);
    expect(told).not.toContain(SECRET);
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });
});

test.each([
  ['esdb://localhost:2113?tls=false', 'esdb://localhost:2113'],
  [`esdb://admin:${SECRET}@one:2113,two:2113/?tls=true`, 'esdb://one:2113,two:2113'],
  [`kurrentdb+discover://admin:${SECRET}@cluster.example`, 'kurrentdb+discover://cluster.example'],
])('where %s is can be told without its login', (url, place) => {
  expect(placeOfEventStoreDb(url)).toBe(place);
});
