/** A process of its own that makes the table of one read model: see rebuildingApart. */
import { serveRebuild } from '@dispatch/process';
import { READ_MODELS } from '@dispatch/projections';

serveRebuild(READ_MODELS);
