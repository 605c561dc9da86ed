/** A process of its own that checks a share of a log: see side-by-side.ts. */
import { serveShare } from './side-by-side.js';

serveShare();
