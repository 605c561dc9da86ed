import '../support/typescript.mjs';
import { running } from './running.js';

export default function teardown(): Promise<void> {
  return running.undo();
}
