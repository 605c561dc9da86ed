import { type ReadModel, rebuild, verify } from '@dispatch/projection';
import { READ_MODELS } from '@dispatch/projections';
import { type Connected, connected, type Surroundings } from '../database.js';
import { Failure } from '../failure.js';
import { differenceLines, listed, listLines, progressLine } from './format.js';

/** True: done. False: done, and the answer is one that scripts must notice. */
type Done = Promise<boolean>;

export function list(given: Surroundings, json: boolean): Done {
  return connected(given, async ({ models, store }) => {
    const projections = listed(READ_MODELS, await models.status(), await store.head());
    const lines = json ? [JSON.stringify(projections, undefined, 2)] : listLines(projections);
    for (const line of lines) given.printer.line(line);
    return true;
  });
}

export function rebuildOne(given: Surroundings, name: string, by: string, acceptDifference: boolean): Done {
  const model = modelOf(name);
  const { printer } = given;
  return connected(given, async (parts) => {
    const rebuilt = await rebuild(model, { ...options(given, parts), by, acceptDifference });
    const { swapped, table, position, differences } = rebuilt;
    if (differences.length > 0) {
      printer.line(`${model.name}: the rebuilt table differs from the live one at position ${position}`);
      for (const line of differenceLines(differences)) printer.line(line);
    }
    const kept = (await parts.models.status()).find((one) => one.name === model.name)?.kept[0];
    if (!swapped) printer.line(`${model.name}: not swapped; --accept-difference swaps all the same`);
    else
      printer.line(
        `${model.name}: ${table} is live since position ${position}${kept ? `; ${kept.tableName} is kept` : ''}`,
      );
    return swapped;
  });
}

export function verifyOne(given: Surroundings, name: string): Done {
  const model = modelOf(name);
  const { printer } = given;
  return connected(given, async (parts) => {
    const { position, parked, differences } = await verify(model, options(given, parts));
    if (differences.length === 0) printer.line(`${model.name}: no difference at position ${position}`);
    else printer.line(`${model.name}: the live table is not what the log says at position ${position}`);
    for (const line of differenceLines(differences)) printer.line(line);
    if (parked > 0) printer.line(`${model.name}: keys that are parked and so were not compared: ${parked}`);
    return differences.length === 0;
  });
}

export function rollback(given: Surroundings, name: string, by: string): Done {
  const model = modelOf(name);
  return connected(given, async ({ models }) => {
    if (!(await models.rollback(model.name, by))) throw new Failure(`${model.name} keeps no table to go back to`);
    const live = (await models.status()).find((one) => one.name === model.name);
    given.printer.line(
      `${model.name}: ${live?.table} of version ${live?.version} is live again, and stays until a rebuild is asked for`,
    );
    return true;
  });
}

export function dropOld(given: Surroundings, name: string, by: string): Done {
  const model = modelOf(name);
  return connected(given, async ({ models }) => {
    const dropped = await models.dropOld(model.name, by);
    given.printer.line(`${model.name}: ${dropped.length > 0 ? `dropped ${dropped.join(' ')}` : 'nothing was kept'}`);
    return true;
  });
}

export function tellParked(given: Surroundings, act: 'retry' | 'skip', name: string, key: string, by: string): Done {
  const model = modelOf(name);
  return connected(given, async ({ models }) => {
    const told = await (act === 'retry'
      ? models.retryParked(model.name, key, by)
      : models.skipParked(model.name, key, by));
    if (!told) throw new Failure(`${model.name} has no parked key ${key}`);
    const what = act === 'retry' ? 'is tried again' : 'goes on after the event it waits at';
    given.printer.line(`${model.name}: ${key} ${what} at the runner's next look, within about a second`);
    return true;
  });
}

export function resume(given: Surroundings, name: string, by: string): Done {
  const model = modelOf(name);
  return connected(given, async ({ models }) => {
    if (!(await models.resume(model.name, by))) throw new Failure(`${model.name} has not stopped`);
    given.printer.line(`${model.name}: goes on at its checkpoint`);
    return true;
  });
}

/** By its name, spelled with hyphens or underscores. */
function modelOf(name: string): ReadModel {
  const model = READ_MODELS.find((one) => one.name === name.replaceAll('-', '_'));
  if (model) return model;
  throw new Failure(`there is no projection ${name}; there are ${READ_MODELS.map((one) => one.name).join(', ')}`);
}

const options = ({ printer, signal }: Surroundings, { url, store }: Connected) => ({
  url,
  store,
  signal,
  onProgress: (progress: Parameters<typeof progressLine>[0]) => printer.progress(() => progressLine(progress)),
});
