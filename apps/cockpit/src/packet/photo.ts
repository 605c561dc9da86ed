import type { ConfigAnswer } from './packet.js';

export type Limits = NonNullable<ConfigAnswer['uploads']>;

/** Bytes as they are uploaded, with what the service asks to know of them beforehand. */
export interface Shot {
  readonly bytes: Blob;
  readonly upload: { readonly contentType: string; readonly sizeBytes: number; readonly checksum: string };
}

/** A picture that cannot be taken as evidence; the message is for the person. */
export class UnfitPicture extends Error {
  override readonly name = 'UnfitPicture';
}

/** Longest side in pixels, first as large as evidence needs, then smaller until it fits. */
const SIDES = [3200, 2400, 1600, 1200, 800];
const QUALITY = 0.85;

/**
 * A picture within the limits: as it was taken where that fits, else drawn again as a smaller JPEG.
 *
 * @throws {UnfitPicture} when it is no picture that this browser can read, or cannot be made to fit
 */
export async function shotOf(file: Blob, { max_bytes, content_types }: Limits): Promise<Shot> {
  if (content_types.includes(file.type) && file.size <= max_bytes) return hashed(file, file.type);
  if (!file.type.startsWith('image/')) throw new UnfitPicture('This is not a picture that can be taken as evidence.');
  const picture = await createImageBitmap(file).catch(() => {
    throw new UnfitPicture('This browser cannot read the picture. Take it as a JPEG.');
  });
  try {
    for (const side of SIDES) {
      const smaller = await drawn(picture, side);
      if (smaller && smaller.size <= max_bytes) return await hashed(smaller, 'image/jpeg');
    }
  } finally {
    picture.close();
  }
  throw new UnfitPicture('The picture is too large, and could not be made smaller.');
}

export const noteOf = (text: string): Promise<Shot> => hashed(new Blob([text], { type: 'text/plain' }), 'text/plain');

export async function hashed(bytes: Blob, contentType: string): Promise<Shot> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await bytes.arrayBuffer()));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { bytes, upload: { contentType, sizeBytes: bytes.size, checksum: `sha256:${hex}` } };
}

async function drawn(picture: ImageBitmap, side: number): Promise<Blob | null> {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
}
