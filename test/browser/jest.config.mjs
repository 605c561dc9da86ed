import { fileURLToPath } from 'node:url';
import jest from '../../jest.config.mjs';

// In a browser, and so with a command of its own: npm run browser.
const {
  globalSetup: _,
  globalTeardown: __,
  ...whole
} = jest.projects.find(({ displayName }) => displayName === 'whole');
const rootDir = fileURLToPath(new URL('../..', import.meta.url));

export default {
  ...whole,
  rootDir,
  displayName: 'browser',
  testMatch: ['<rootDir>/test/browser/**/*.browser.ts'],
  testTimeout: 60_000,
  maxWorkers: 1,
};
