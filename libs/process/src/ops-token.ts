import { hash, timingSafeEqual } from 'node:crypto';

/** Whether an Authorization header holds the operators' token; in the same time however much of it is right. */
export function holdsToken(authorization: string | undefined, token: string): boolean {
  const sent = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (sent === undefined) return false;
  return timingSafeEqual(hash('sha256', sent, 'buffer'), hash('sha256', token, 'buffer'));
}
