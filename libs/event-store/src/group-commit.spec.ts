import { describe, expect, test } from '@jest/globals';
import { type GroupCommitOptions, groupCommit } from './group-commit.js';

interface Item {
  readonly n: number;
  readonly key: string;
  readonly bytes: number;
}

interface Write {
  readonly batch: readonly Item[];
  succeed(): void;
  fail(error: Error): void;
}

/** A group commit whose writes the test settles itself, each once it has begun. */
function underTest(limits: Partial<GroupCommitOptions<Item, number>> = {}) {
  const begun: Write[] = [];
  const awaited: ((write: Write) => void)[] = [];
  const commits = groupCommit<Item, number>({
    write: (batch) =>
      new Promise((resolve, reject) => {
        const write = { batch, succeed: () => resolve(batch.map(({ n }) => n * 10)), fail: reject };
        const taker = awaited.shift();
        if (taker) taker(write);
        else begun.push(write);
      }),
    keys: ({ key }) => [key],
    bytes: ({ bytes }) => bytes,
    maxItems: 4,
    lanes: 1,
    few: 1,
    maxBytes: 100,
    ...limits,
  });
  const nextWrite = () => {
    const write = begun.shift();
    return write ? Promise.resolve(write) : new Promise<Write>((resolve) => awaited.push(resolve));
  };
  return { commits, nextWrite };
}

const item = (n: number, key = `key ${n}`, bytes = 1): Item => ({ n, key, bytes });
const numbers = ({ batch }: Write) => batch.map(({ n }) => n);

test('what is submitted together is written together, and each gets its own outcome', async () => {
  const { commits, nextWrite } = underTest();
  const outcomes = Promise.all([1, 2, 3].map((n) => commits.submit(item(n))));
  const write = await nextWrite();
  expect(numbers(write)).toEqual([1, 2, 3]);
  write.succeed();
  expect(await outcomes).toEqual([10, 20, 30]);
});

test('what arrives while a write is under way waits for it and goes out together', async () => {
  const { commits, nextWrite } = underTest();
  const first = commits.submit(item(1));
  const write = await nextWrite();
  const later = Promise.all([commits.submit(item(2)), commits.submit(item(3))]);
  write.succeed();
  await first;
  const second = await nextWrite();
  expect(numbers(second)).toEqual([2, 3]);
  second.succeed();
  expect(await later).toEqual([20, 30]);
});

async function batches(
  items: readonly Item[],
  limits?: Partial<GroupCommitOptions<Item, number>>,
): Promise<number[][]> {
  const { commits, nextWrite } = underTest(limits);
  const outcomes = Promise.all(items.map((each) => commits.submit(each)));
  const written: number[][] = [];
  for (let left = items.length; left > 0; left -= written.at(-1)?.length ?? 0) {
    const write = await nextWrite();
    written.push(numbers(write));
    write.succeed();
  }
  expect(await outcomes).toEqual(items.map(({ n }) => n * 10));
  return written;
}

test('a batch holds no more items than allowed', async () => {
  expect(await batches([1, 2, 3, 4, 5, 6].map((n) => item(n)))).toEqual([
    [1, 2, 3, 4],
    [5, 6],
  ]);
});

test('a batch holds no more bytes than allowed, and a larger item goes alone', async () => {
  const items = [item(1, 'a', 60), item(2, 'b', 40), item(3, 'c', 1), item(4, 'd', 500), item(5, 'e', 1)];
  expect(await batches(items)).toEqual([[1, 2], [3], [4], [5]]);
});

test('items of one key go one a batch in their order; others pass them', async () => {
  const items = [item(1, 'a'), item(2, 'a'), item(3, 'b'), item(4, 'a'), item(5, 'b')];
  expect(await batches(items)).toEqual([[1, 3], [2, 5], [4]]);
});

test('an item stays behind an earlier one that had to wait, by any of its keys', async () => {
  const keys = ({ key }: Item) => key.split(' ');
  expect(await batches([item(1, 'a'), item(2, 'a b'), item(3, 'b')], { keys })).toEqual([[1], [2], [3]]);
});

test('a long queue for one key does not hide the others for ever', async () => {
  const queue = [...Array.from({ length: 40 }, (_, n) => item(n, 'same')), item(40, 'other')];
  expect((await batches(queue)).flat().toSorted((a, b) => a - b)).toEqual(queue.map(({ n }) => n));
});

test('a failed write fails its batch and all that wait, and the next submit is written', async () => {
  const { commits, nextWrite } = underTest();
  const first = commits.submit(item(1));
  const write = await nextWrite();
  const behind = commits.submit(item(2));
  const failed = Promise.allSettled([first, behind]);
  const broken = new Error('connection lost');
  write.fail(broken);
  expect(await failed).toEqual([
    { status: 'rejected', reason: broken },
    { status: 'rejected', reason: broken },
  ]);
  const retry = commits.submit(item(3));
  (await nextWrite()).succeed();
  expect(await retry).toBe(30);
});

test('an answer of the wrong length is a failure, not a guess', async () => {
  const { commits } = underTest({ write: async () => [] });
  await expect(commits.submit(item(1))).rejects.toThrow('0 outcomes for 1 items');
});

test('idle resolves once all that was submitted is settled', async () => {
  const { commits, nextWrite } = underTest();
  await commits.idle();
  const settled: string[] = [];
  const outcome = commits.submit(item(1)).then(() => settled.push('outcome'));
  const idle = commits.idle().then(() => settled.push('idle'));
  (await nextWrite()).succeed();
  await Promise.all([outcome, idle]);
  expect(settled).toEqual(['outcome', 'idle']);
});

describe('two lanes', () => {
  const lanes = 2;

  test('what arrives while a write is under way is written beside it', async () => {
    const { commits, nextWrite } = underTest({ lanes });
    const first = commits.submit(item(1));
    const write = await nextWrite();
    const second = commits.submit(item(2));
    const beside = await nextWrite();
    expect(numbers(beside)).toEqual([2]);
    beside.succeed();
    expect(await second).toBe(20);
    write.succeed();
    expect(await first).toBe(10);
  });

  test('a crowd is shared between them, and a few go together', async () => {
    const { commits, nextWrite } = underTest({ lanes, few: 4, maxItems: 100 });
    const all = Array.from({ length: 40 }, (_, n) => commits.submit(item(n)));
    const writes = [await nextWrite(), await nextWrite()];
    expect(writes.map(({ batch }) => batch.length)).toEqual([20, 20]);
    for (const write of writes) write.succeed();
    await Promise.all(all);

    const together = [1, 2, 3].map((n) => commits.submit(item(n)));
    const write = await nextWrite();
    expect(numbers(write)).toEqual([1, 2, 3]);
    write.succeed();
    await Promise.all(together);
  });

  test('a few wait for what is under way, and go on with either lane', async () => {
    const { commits, nextWrite } = underTest({ lanes, few: 2, maxItems: 100 });
    const first = commits.submit(item(1));
    const write = await nextWrite();
    const alone = commits.submit(item(2));
    write.succeed();
    await first;
    const next = await nextWrite();
    expect(numbers(next)).toEqual([2]);
    const beside = [commits.submit(item(3)), commits.submit(item(4))];
    const second = await nextWrite();
    expect(numbers(second)).toEqual([3, 4]);
    const last = commits.submit(item(5));
    second.succeed();
    await Promise.all(beside);
    next.succeed();
    await alone;
    (await nextWrite()).succeed();
    expect(await last).toBe(50);
    await commits.idle();
  });

  test('an item waits for what is under way with one of its keys, and others pass it', async () => {
    const { commits, nextWrite } = underTest({ lanes });
    const first = commits.submit(item(1, 'a'));
    const write = await nextWrite();
    const behind = commits.submit(item(2, 'a'));
    const other = commits.submit(item(3, 'b'));
    const beside = await nextWrite();
    expect(numbers(beside)).toEqual([3]);
    beside.succeed();
    await other;
    write.succeed();
    await first;
    const last = await nextWrite();
    expect(numbers(last)).toEqual([2]);
    last.succeed();
    expect(await behind).toBe(20);
    await commits.idle();
  });

  test('a failure leaves what is under way beside it alone', async () => {
    const { commits, nextWrite } = underTest({ lanes });
    const failed = commits.submit(item(1));
    const write = await nextWrite();
    const beside = commits.submit(item(2));
    const other = await nextWrite();
    write.fail(new Error('connection lost'));
    await expect(failed).rejects.toThrow('connection lost');
    other.succeed();
    expect(await beside).toBe(20);
  });
});
