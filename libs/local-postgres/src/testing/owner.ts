// A process that owns the Postgres of the folder named in its first argument, until it is killed.
import { startLocalPostgres } from '../index.js';

const [, , dataDir] = process.argv;
if (dataDir === undefined) throw new Error('the data folder is missing');
const { ownerUrl } = await startLocalPostgres({ dataDir });
process.stdout.write(`${ownerUrl}\n`);
