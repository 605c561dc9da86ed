import { contentTypes } from '@dispatch/evidence';
import { object, type SchemaObject, text, time } from '../schema-words.js';

const contentType: SchemaObject = { type: 'string', enum: [...contentTypes] };
const url: SchemaObject = { type: 'string', description: 'Absolute, or relative to where the API is served' };

/** The shapes of the two answers. */
export const evidenceSchemas: Readonly<Record<string, SchemaObject>> = {
  EvidenceUpload: object({
    upload: object({
      method: { type: 'string', enum: ['PUT'] },
      url,
      headers: { type: 'object', additionalProperties: text, description: 'To be sent with the bytes, as they are' },
      expires_at: time,
    }),
    uri: { type: 'string', description: 'For closeout.add_evidence, with the checksum' },
    checksum: text,
  }),
  EvidenceContent: object({ url, expires_at: time, content_type: contentType }),
};
