-- Whether somebody keeps a projection, and since when it lacks what: told by those who do the work, over the very
-- connection that they write with, and looked up by whoever asks.

create table dispatch_read.runners (
  name text collate "C" primary key,
  -- Host and process id of the one that holds the lease, or held it last.
  process text not null,
  beat_at timestamptz not null,
  -- When it last saw the log's head.
  looked_at timestamptz
) with (fillfactor = 10);

-- When the log was first seen to reach so far, about once a second while it grows, for an hour. An event's own time
-- may be long before it was written.
create table dispatch_read.sightings (
  head numeric not null,
  seen_at timestamptz not null default clock_timestamp()
);
create index on dispatch_read.sightings (head, seen_at);
create index on dispatch_read.sightings (seen_at);

alter table dispatch_read.runners owner to dispatch_app;
alter table dispatch_read.sightings owner to dispatch_app;
