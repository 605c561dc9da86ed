import { expect, test } from '@jest/globals';
import { stopsInTurn } from './stops.js';

test('what was started last is stopped first, each once', async () => {
  const stopped: string[] = [];
  const stops = stopsInTurn();
  for (const name of ['server', 'log', 'api']) stops.add(async () => void stopped.push(name));
  await stops.run();
  await stops.run();
  expect(stopped).toEqual(['api', 'log', 'server']);
});
