import { type ReadModel, readModel } from '@dispatch/projection';
import { cockpitQueue } from './cockpit-queue/projection.js';
import { directory } from './directory/projection.js';
import { jobPacket } from './job-packet/projection.js';
import { operations } from './operations/projection.js';
import { tickets } from './tickets/projection.js';

/** Every read model that the service keeps: what the runner, the reads and the CLI go by. */
export const READ_MODELS: readonly ReadModel[] = [
  readModel(directory),
  readModel(tickets),
  readModel(cockpitQueue),
  readModel(jobPacket),
  readModel(operations),
];
