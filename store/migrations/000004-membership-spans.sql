-- breaking
-- A membership is a span of time: who was in a segment when, and what let them in and out (JSON, null: not told). The version
-- before this one keeps only who is inside now and cannot write these rows.
alter table memberships drop constraint memberships_pkey;
alter table memberships add column left_at_ms bigint;
alter table memberships add column entered_by text;
alter table memberships add column left_by text;
alter table memberships add primary key (shard, contact_id, segment, entered_at_ms);

-- Each span is in one of two: who is inside now is counted and read without walking over who was inside some time.
create index memberships_current on memberships (shard, workspace_id, segment, contact_id) where left_at_ms is null;
create index memberships_past on memberships (shard, workspace_id, segment, contact_id) where left_at_ms is not null;

-- How far contacts have been brought up to a new program: of `sweep_total` when it began, `swept`.
alter table shard_programs add column swept integer not null default 0;
alter table shard_programs add column sweep_total integer not null default 0;

-- Workspaces in which nobody is brought up to a new program for now. A reference table.
create table paused_backfills (
  workspace_id integer primary key references workspaces,
  at_ms bigint not null
);
