import type { Json, JsonObject } from '@dispatch/event-store';
import type { Vault } from '@dispatch/privacy';

/** An entity of the directory as it is kept: what is personal in it sealed for an event, or nothing of it sealed. */
export interface Kept {
  readonly entity: object;
  readonly sealedBy: string | null;
}

/** Only sites hold what is personal. */
const TOOL = 'site.put';

/** The entities as they may be shown, in their order. One question for all keys, and none where nothing is sealed. */
export async function openedEntities(vault: Vault, kept: readonly Kept[]): Promise<readonly JsonObject[]> {
  const sealed = kept.flatMap(({ entity, sealedBy }, index) =>
    sealedBy === null ? [] : [{ index, tool: TOOL, eventId: sealedBy, value: entity as JsonObject }],
  );
  const shown = kept.map(({ entity }) => entity as JsonObject);
  if (sealed.length === 0) return shown;
  const opened = await vault.open(sealed);
  sealed.forEach(({ index, value }, at) => {
    shown[index] = { ...value, contacts: contactsIn(opened[at] ?? null).map(trimmed) };
  });
  return shown;
}

/** The contacts of an entity. */
export function contactsIn(entity: Json): readonly JsonObject[] {
  const { contacts } = entity as { readonly contacts?: readonly JsonObject[] };
  return contacts ?? [];
}

/** Texts were sealed word for word, as the request had them; the entity has them as every text of a body is read. */
const trimmed = (contact: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(contact).map(([name, value]) => [name, typeof value === 'string' ? value.trim() : value]),
  );
