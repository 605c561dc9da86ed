import { availableParallelism } from 'node:os';
import { compilerOf } from './test/support/compiler.mjs';

// One project a kind of test: `unit` needs nothing, `db` needs Postgres, `whole` drives several rooms.
const shared = {
  // Nothing else is looked through for tests and sources: node_modules has fifty times as many files.
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/projections', '<rootDir>/test'],
  testEnvironment: 'node',
  transform: { '^.+\\.(ts|mjs)$': ['@swc/jest', compilerOf('commonjs')] },
  moduleNameMapper: {
    '^@dispatch/event-store/conformance$': '<rootDir>/libs/event-store/src/conformance.ts',
    '^@dispatch/projections$': '<rootDir>/projections/index.ts',
    '^@dispatch/([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  setupFilesAfterEnv: ['<rootDir>/test/setup.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};

export default {
  // Tests wait a good deal, so two of them share two processors well.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{libs,apps,projections}/**/*.spec.ts'],
      testPathIgnorePatterns: ['\\.db\\.spec\\.ts$'],
    },
    {
      ...shared,
      displayName: 'db',
      testMatch: ['<rootDir>/{libs,apps,projections}/**/*.db.spec.ts'],
      globalSetup: '<rootDir>/test/postgres/setup.ts',
      globalTeardown: '<rootDir>/test/postgres/teardown.ts',
    },
    {
      ...shared,
      displayName: 'whole',
      testMatch: ['<rootDir>/test/**/*.spec.ts'],
      globalSetup: '<rootDir>/test/postgres/setup.ts',
      globalTeardown: '<rootDir>/test/postgres/teardown.ts',
    },
  ],
};
