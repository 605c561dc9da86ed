import { describeEventStore } from '../conformance.js';
import { openMemoryEventStore } from './memory-event-store.js';

describeEventStore('the log in memory', async () => ({ open: openMemoryEventStore, release: async () => undefined }));
