import { expect, test } from '@jest/globals';
import { printerTo, type Sink } from './printer.js';

function listening(isTTY: boolean) {
  const said: string[] = [];
  const to = (name: string): Sink => ({ isTTY, write: (text: string) => said.push(`${name} ${text}`) });
  let now = 0;
  const printer = printerTo(to('out'), to('err'), () => now);
  const progressAt = (time: number) => {
    now = time;
    printer.progress(() => `at ${time}`);
  };
  return { said, printer, progressAt };
}

test('on a terminal progress rewrites its line, ten times a second, and makes way for an answer', () => {
  const { said, printer, progressAt } = listening(true);
  for (const time of [0, 50, 99, 100]) progressAt(time);
  printer.line('done');
  printer.note('really');
  const clear = 'err \r\u001b[2K';
  expect(said).toEqual([`${clear}at 0`, `${clear}at 100`, clear, 'out done\n', 'err really\n']);
});

test('elsewhere it is a line every three seconds, and none for what is done before', () => {
  const { said, printer, progressAt } = listening(false);
  for (const time of [0, 2_999, 3_000, 5_999, 6_000]) progressAt(time);
  printer.line('done');
  expect(said).toEqual(['err at 3000\n', 'err at 6000\n', 'out done\n']);
});
