-- compatible
-- The data quality report: what was asked, how far it has come, and what was found about each contact.

create table quality_settings (
  workspace_id integer primary key references workspaces,
  body jsonb not null
);

-- Something that goes through all contacts in the background. Whoever moves it on raises `step`, so that two never do the same.
create table quality_runs (
  workspace_id integer not null references workspaces,
  run_id integer not null,
  kind text not null check (kind in ('report', 'apply')),
  status text not null check (status in ('running', 'done', 'failed')),
  step integer not null,
  questions jsonb not null,
  progress jsonb not null,
  error text,
  started_at_ms bigint not null,
  ended_at_ms bigint,
  primary key (workspace_id, run_id)
);

create table quality_findings (
  shard smallint not null,
  workspace_id integer not null,
  run_id integer not null,
  contact_id uuid not null,
  figures text[] not null,
  details jsonb not null,
  primary key (shard, workspace_id, run_id, contact_id)
);

-- What contacts have in common, as a digest, in the shard that the digest derives: duplicates meet here.
create table quality_keys (
  shard smallint not null,
  workspace_id integer not null,
  run_id integer not null,
  kind text not null,
  digest bytea not null,
  contact_id uuid not null,
  primary key (shard, workspace_id, run_id, kind, digest, contact_id)
);

create index quality_keys_by_contact on quality_keys (contact_id);

create table quality_values (
  shard smallint not null,
  workspace_id integer not null,
  run_id integer not null,
  trait text not null,
  value text not null,
  contacts bigint not null,
  primary key (shard, workspace_id, run_id, trait, value)
) with (fillfactor = 70);

-- What a person has decided about a value, for this report and all later ones.
create table quality_choices (
  shard smallint not null,
  workspace_id integer not null,
  trait text not null,
  value text not null,
  choice text not null check (choice in ('accepted', 'replaced', 'rejected')),
  canonical text,
  at_ms bigint not null,
  primary key (shard, workspace_id, trait, value)
);

create table mail_domains (
  shard smallint not null,
  domain text not null,
  verdict text not null,
  checked_at_ms bigint not null,
  primary key (shard, domain)
);
