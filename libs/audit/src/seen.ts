/** Ids that were met, in memory of about 12 to 24 bytes an id: a log of ten million fits where it is checked. */
export interface SeenIds {
  /** Whether the id was met before; it is from now on. */
  meet(id: string): boolean;
}

const FIRST_SLOTS = 1 << 16;
const FULL = 0.6;

/**
 * By 64 bits of each UUID that are not its version or variant. They are bits of a SHA-1 in ids of commands, so that two
 * of ten million different ids agree in them once in 400,000 logs.
 */
export function seenIds(): SeenIds {
  let slots = new Uint32Array(2 * FIRST_SLOTS);
  let count = 0;
  let sawZero = false;

  /** The slot that holds the two words, or the empty one where they belong. */
  function slotOf(table: Uint32Array, high: number, low: number): number {
    const mask = table.length / 2 - 1;
    for (let slot = (high ^ low) & mask; ; slot = (slot + 1) & mask) {
      const [a, b] = [table[2 * slot] ?? 0, table[2 * slot + 1] ?? 0];
      if ((a === high && b === low) || (a === 0 && b === 0)) return slot;
    }
  }

  function put(table: Uint32Array, slot: number, high: number, low: number): void {
    table[2 * slot] = high;
    table[2 * slot + 1] = low;
  }

  function grow(): void {
    const larger = new Uint32Array(2 * slots.length);
    for (let slot = 0; slot < slots.length / 2; slot += 1) {
      const [high, low] = [slots[2 * slot] ?? 0, slots[2 * slot + 1] ?? 0];
      if (high !== 0 || low !== 0) put(larger, slotOf(larger, high, low), high, low);
    }
    slots = larger;
  }

  return {
    meet(id) {
      const high = Number.parseInt(id.slice(0, 8), 16);
      const low = Number.parseInt(id.slice(28), 16);
      if (high === 0 && low === 0) {
        const before = sawZero;
        sawZero = true;
        return before;
      }
      const slot = slotOf(slots, high, low);
      if (slots[2 * slot] !== 0 || slots[2 * slot + 1] !== 0) return true;
      put(slots, slot, high, low);
      count += 1;
      if (count > FULL * (slots.length / 2)) grow();
      return false;
    },
  };
}
