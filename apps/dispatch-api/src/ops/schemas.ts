import { integer, list, object, orNull, type SchemaObject, text, time, uuid, whole } from '../schema-words.js';

const number: SchemaObject = { type: 'number' };

export const opsSchemas: Readonly<Record<string, SchemaObject>> = {
  Projections: object({
    generated_at: time,
    head_position: text,
    projections: list(
      object({
        name: text,
        version: integer,
        state: text,
        reason: orNull(text),
        checkpoint_position: orNull(text),
        lag_positions: number,
        lag_seconds: number,
        parked: whole,
        runner: orNull(text),
        rebuild: orNull(object({ state: text, position: orNull(text), target_position: orNull(text) })),
      }),
    ),
  }),
  RebuildBegun: object({ name: text, state: text }),
  Rejections: object({
    generated_at: time,
    since: time,
    rejections: list(
      object({
        at: time,
        code: text,
        method: text,
        endpoint: text,
        status: integer,
        actor_role: orNull(text),
        tool_name: orNull(text),
        ticket_id: orNull(uuid),
      }),
    ),
  }),
};
