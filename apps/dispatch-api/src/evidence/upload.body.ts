import { contentTypes } from '@dispatch/evidence';
import { OneOf, Pattern, Text, Whole } from '../dto/fields.js';

/** What somebody wants to upload. */
export class UploadBody {
  @OneOf(contentTypes) content_type!: (typeof contentTypes)[number];
  @Whole({ min: 1, max: Number.MAX_SAFE_INTEGER, about: 'Bytes, exactly' }) size_bytes!: number;
  @Pattern(/^sha256:[0-9a-fA-F]{64}$/, 'must be sha256: and 64 hexadecimal digits') checksum!: string;
  @Text({ max: 255, optional: true, about: 'For the sender: it is kept nowhere, and no part of the address' })
  file_name?: string;
}
