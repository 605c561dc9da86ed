-- The last event that is folded in, and where it stood: a position alone does not say of which log it is.
alter table dispatch_read.projections add column last_event_id uuid;
alter table dispatch_read.projections add column last_event_position text collate "C";
