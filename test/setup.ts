import { beforeEach, expect, jest } from '@jest/globals';

// A busy machine is no fault of a test: what hangs is still told, if later.
jest.setTimeout(120_000);

// A test that checks nothing fails.
beforeEach(() => {
  expect.hasAssertions();
});
