/** Loaded before all else (`node --import`): what traces are made of must be there before what they are made of. */
import { startTracing } from '@dispatch/telemetry';

await startTracing(process.env, 'dispatch-projector');
