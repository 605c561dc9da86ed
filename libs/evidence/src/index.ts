export { absentFrom, type AbsenceOptions, type Attached } from './absent.js';
export { CONTENT_TYPES, type ContentType, contentTypes, dispositionOf, headerOf } from './content-types.js';
export {
  type EvidenceStore,
  EvidenceStoreUnavailable,
  type ObjectToBe,
  READ_SECONDS,
  type SignedRead,
  type SignedUpload,
  UPLOAD_SECONDS,
} from './evidence-store.js';
export { type FolderOptions, type FolderStore, openFolderStore, type Received } from './folder/folder-store.js';
export { OBJECTS_PATH, type SignedAddress } from './folder/signing.js';
export { keyOf, nameOf, type ObjectKey, parseObjectName, placeOf, type Store, uriOf } from './object-key.js';
export { openS3Store, type S3Options } from './s3/s3-store.js';
