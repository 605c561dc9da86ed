/** A process of its own that keeps the counters up to date until it is killed. Its argument is the database's URL. */
import { openPostgresEventStore } from '@dispatch/event-store';
import { readModel } from '../read-model.js';
import { startProjections } from '../start.js';
import { counters } from './counters.js';

const [url = ''] = process.argv.slice(2);
startProjections({ url, store: openPostgresEventStore({ url }), models: [readModel(counters())] });
