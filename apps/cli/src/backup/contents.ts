/**
 * The one list of what is in a backup: the log, which nothing else can give back, and what operators did, since a
 * rebuild of the read models needs it. Files, by the kind of what stands in them, and the table that each is read from.
 */
export const IN_A_BACKUP = {
  /** Every event as the log's port gives it, in log order. */
  log: 'dispatch_log.events',
  /** Operators' acts on read models: an event that one told to skip is skipped in every later rebuild. */
  acts: 'dispatch_read.acts',
} as const;

export type Kind = keyof typeof IN_A_BACKUP;

/**
 * What the database and the data folder hold beside that, and why a backup has none of it. Keys that could open what
 * was encrypted for a person do not belong in it either: whoever may forget a person must not find the key in an old
 * backup.
 */
export const NOT_IN_A_BACKUP: Readonly<Record<string, string>> = {
  'dispatch_log.head': 'is the position of the last event',
  'dispatch_migrations.event_store': 'is written by the migrations that a restore runs',
  'dispatch_migrations.read_models': 'is written by the migrations that a restore runs',
  'dispatch_migrations.proof': 'is written by the migrations that a restore runs',
  'dispatch_proof.leaves': 'the tree is made anew from the log',
  'dispatch_proof.nodes': 'the tree is made anew from the log',
  'dispatch_proof.keys': 'only a key that an auditor has from elsewhere proves anything',
  'dispatch_proof.checkpoints': 'only a head that an auditor has kept elsewhere proves anything',
  'dispatch_migrations.privacy': 'is written by the migrations that a restore runs',
  'dispatch_privacy.master': 'belongs to the keys',
  'dispatch_privacy.keys': 'an erased person must not come back with an old backup; keys are kept apart',
  'dispatch_privacy.names': 'belongs to the keys',
  'dispatch_privacy.also': 'belongs to the keys',
  'dispatch_privacy.erasures': 'the log says it too',
  'dispatch_read.sightings': 'tells what runners saw of the log lately',
  'dispatch_read.projections': 'a restore folds the read models anew',
  'dispatch_read.parked': 'a restore folds the read models anew, and tries every event again',
  'dispatch_read.runners': 'tells which processes live now',
  'audit/signing-key': 'who has both log and key can sign another history; it is kept apart',
  'privacy/master-key': 'who has it and the keys can read what is personal in the log; it is kept apart',
  'postgres/credentials.json': 'a restored folder has passwords of its own',
};
