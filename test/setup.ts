import { beforeEach, expect } from '@jest/globals';

// A test that checks nothing fails.
beforeEach(() => {
  expect.hasAssertions();
});
