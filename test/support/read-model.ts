export { createTestDatabase, type TestDatabase } from '../../libs/event-store/src/testing/database.js';
