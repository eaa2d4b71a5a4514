-- compatible
-- Times are integer UTC milliseconds (`_ms`): Samovar's clock is data, and bigint arithmetic is immutable everywhere.

-- reference tables: small, rarely written, the same on every node ---------------------------------------------------

create table meta (
  name text primary key,
  value text not null
);

create table clock (
  id smallint primary key check (id = 1),
  mode text not null check (mode in ('system', 'manual')),
  now_ms bigint not null
);

create table workspaces (
  workspace_id integer primary key,
  name text not null unique,
  sending text not null default 'live' check (sending in ('live', 'test', 'stopped')),
  test_recipients text[] not null default '{}',
  created_at_ms bigint not null
);

create table api_keys (
  key_digest bytea primary key,
  workspace_id integer not null references workspaces,
  kind text not null check (kind in ('browser', 'server', 'admin')),
  label text not null,
  created_at_ms bigint not null,
  revoked_at_ms bigint
);

create table signing_keys (
  key_id smallint primary key,
  secret bytea not null,
  created_at_ms bigint not null
);

create table definitions (
  workspace_id integer not null references workspaces,
  kind text not null check (kind in ('workspace', 'segment', 'journey', 'template')),
  key text not null,
  version integer not null,
  body json not null,
  source text not null,
  compiled json,
  created_at_ms bigint not null,
  primary key (workspace_id, kind, key, version)
);

-- One row for each publication: the complete set of definition versions that hold from then on.
create table programs (
  workspace_id integer not null references workspaces,
  version integer not null,
  manifest jsonb not null,
  created_at_ms bigint not null,
  primary key (workspace_id, version)
);

create table imports (
  import_id text primary key,
  workspace_id integer not null references workspaces,
  file_name text not null,
  position bigint not null,
  summary jsonb not null,
  updated_at_ms bigint not null
);

-- distributed tables: shard first in every key --------------------------------------------------------------------------

create table shards (
  shard smallint primary key,
  log_offset bigint not null,
  out_seq bigint not null
) with (fillfactor = 50);

create table log_head (
  shard smallint primary key,
  head bigint not null
) with (fillfactor = 50);

create table shard_programs (
  shard smallint not null,
  workspace_id integer not null,
  version integer not null,
  swept_version integer not null,
  sweep_after uuid,
  primary key (shard, workspace_id)
);

create table event_log (
  shard smallint not null,
  seq bigint not null,
  workspace_id integer not null,
  contact_id uuid not null,
  kind smallint not null,
  received_at_ms bigint not null,
  occurred_at_ms bigint not null,
  name text not null,
  body bytea not null,
  primary key (shard, seq)
) partition by range (seq);

create table event_log_default partition of event_log default;

create index event_log_by_contact on event_log (shard, contact_id, occurred_at_ms);

create table dedupe (
  shard smallint not null,
  generation integer not null,
  digest bytea not null,
  primary key (shard, generation, digest)
) partition by list (generation);

create table rejected_events (
  shard smallint not null,
  rejected_id uuid not null,
  workspace_id integer not null,
  received_at_ms bigint not null,
  code text not null,
  message text not null,
  pointer text not null,
  payload bytea not null,
  primary key (shard, rejected_id)
);

create index rejected_events_by_time on rejected_events (workspace_id, received_at_ms);

-- A row is either a contact (state) or, since an identifier was joined to another contact, a redirect to it.
create table contacts (
  shard smallint not null,
  contact_id uuid not null,
  workspace_id integer not null,
  redirect_to uuid,
  user_id text,
  email text,
  created_at_ms bigint not null,
  state bytea not null,
  primary key (shard, contact_id)
) with (fillfactor = 60, toast_tuple_target = 8160);

create table timers (
  shard smallint not null,
  contact_id uuid not null,
  due_at_ms bigint not null,
  primary key (shard, contact_id)
) with (fillfactor = 60);

create index timers_by_due on timers (shard, due_at_ms);

create table inbox (
  shard smallint not null,
  from_shard smallint not null,
  from_seq bigint not null,
  workspace_id integer not null,
  contact_id uuid not null,
  body bytea not null,
  primary key (shard, from_shard, from_seq)
);

create table memberships (
  shard smallint not null,
  workspace_id integer not null,
  segment text not null,
  contact_id uuid not null,
  entered_at_ms bigint not null,
  primary key (shard, workspace_id, segment, contact_id)
);

create table enrollments (
  shard smallint not null,
  enrollment_id uuid not null,
  workspace_id integer not null,
  contact_id uuid not null,
  journey text not null,
  version integer not null,
  entry_key text,
  status text not null check (status in ('active', 'completed', 'exited')),
  step text,
  reason text,
  entered_at_ms bigint not null,
  changed_at_ms bigint not null,
  primary key (shard, enrollment_id)
) with (fillfactor = 60);

create index enrollments_by_journey on enrollments (shard, workspace_id, journey, status);
create index enrollments_by_contact on enrollments (shard, contact_id);

create table decisions (
  shard smallint not null,
  contact_id uuid not null,
  n integer not null,
  workspace_id integer not null,
  at_ms bigint not null,
  code text not null,
  journey text,
  version integer,
  enrollment_id uuid,
  step text,
  detail bytea,
  primary key (shard, contact_id, n)
);

create table consents (
  shard smallint not null,
  contact_id uuid not null,
  n integer not null,
  workspace_id integer not null,
  at_ms bigint not null,
  channel text not null,
  topic text,
  state text not null check (state in ('granted', 'withdrawn')),
  address text,
  proof jsonb not null,
  primary key (shard, contact_id, n)
);

create table suppressions (
  shard smallint not null,
  workspace_id integer not null,
  channel text not null,
  address_digest bytea not null,
  reason text not null,
  at_ms bigint not null,
  primary key (shard, workspace_id, channel, address_digest)
);

create table messages (
  shard smallint not null,
  message_id uuid not null,
  workspace_id integer not null,
  contact_id uuid not null,
  enrollment_id uuid not null,
  journey text not null,
  version integer not null,
  step text not null,
  template text not null,
  template_version integer not null,
  class text not null check (class in ('marketing', 'transactional')),
  topic text,
  status text not null check (status in ('queued', 'sending', 'sent', 'failed', 'cancelled', 'unknown')),
  reason text,
  decided_at_ms bigint not null,
  send_after_ms bigint not null,
  expires_at_ms bigint not null,
  claimed_until_ms bigint,
  attempts smallint not null,
  address text not null,
  body bytea not null,
  sent_at_ms bigint,
  delivered_at_ms bigint,
  opened_at_ms bigint,
  machine_opened_at_ms bigint,
  clicked_at_ms bigint,
  primary key (shard, message_id)
) with (fillfactor = 70);

create index messages_queued on messages (shard, send_after_ms) where status = 'queued';
create index messages_sending on messages (shard, claimed_until_ms) where status = 'sending';
create index messages_by_contact on messages (shard, contact_id, decided_at_ms);

create table attempts (
  shard smallint not null,
  message_id uuid not null,
  attempt smallint not null,
  started_at_ms bigint not null,
  deadline_ms bigint not null,
  ended_at_ms bigint,
  outcome text,
  detail text,
  primary key (shard, message_id, attempt)
) with (fillfactor = 70);

-- Messages of one journey that may still leave in one hour are drawn from here by every sender.
create table send_budgets (
  shard smallint not null,
  workspace_id integer not null,
  journey text not null,
  hour integer not null,
  used integer not null,
  primary key (shard, workspace_id, journey, hour)
) with (fillfactor = 50);

create table counters (
  shard smallint not null,
  workspace_id integer not null,
  thing text not null,
  metric text not null,
  hour integer not null,
  value bigint not null,
  primary key (shard, workspace_id, thing, metric, hour)
) with (fillfactor = 50);

create table orders (
  shard smallint not null,
  contact_id uuid not null,
  order_id text not null,
  workspace_id integer not null,
  at_ms bigint not null,
  currency text not null,
  total_minor bigint not null,
  refunded_minor bigint not null,
  message_id uuid,
  journey text,
  step text,
  primary key (shard, contact_id, order_id)
);
