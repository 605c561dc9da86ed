import { describe, expect, it, jest } from '@jest/globals';
import { coalesced } from './coalesced.js';

describe('reading again', () => {
  it('runs at once, never beside itself, and never loses the last call', async () => {
    jest.useFakeTimers();
    let finish: () => void = () => undefined;
    const run = jest.fn(() => new Promise<void>((resolve) => (finish = resolve)));
    const call = coalesced(500, run);
    for (let n = 0; n < 10; n += 1) call();
    expect(run).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(2000);
    expect(run).toHaveBeenCalledTimes(1);
    finish();
    await jest.advanceTimersByTimeAsync(0);
    expect(run).toHaveBeenCalledTimes(2);
    finish();
    await jest.advanceTimersByTimeAsync(499);
    call();
    expect(run).toHaveBeenCalledTimes(2);
    await jest.advanceTimersByTimeAsync(1);
    expect(run).toHaveBeenCalledTimes(3);
    call();
    call.stop();
    finish();
    await jest.advanceTimersByTimeAsync(1000);
    expect(run).toHaveBeenCalledTimes(3);
    jest.useRealTimers();
  });
});
