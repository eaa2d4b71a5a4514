-- The schema after all migrations. Made from the catalog by «npm run schema»; do not edit.

create table address_consents (
  shard smallint not null,
  workspace_id integer not null,
  channel text not null,
  address_digest bytea not null,
  topic text not null,
  state text not null,
  at_ms bigint not null,
  constraint address_consents_pkey primary key (shard, workspace_id, channel, address_digest, topic),
  constraint address_consents_state_check check ((state = any (array['granted'::text, 'withdrawn'::text])))
);

create table api_keys (
  key_digest bytea not null,
  workspace_id integer not null,
  kind text not null,
  label text not null,
  created_at_ms bigint not null,
  revoked_at_ms bigint,
  constraint api_keys_pkey primary key (key_digest),
  constraint api_keys_kind_check check ((kind = any (array['browser'::text, 'server'::text, 'admin'::text]))),
  constraint api_keys_workspace_id_fkey foreign key (workspace_id) references workspaces(workspace_id)
);

create table attempts (
  shard smallint not null,
  message_id uuid not null,
  attempt smallint not null,
  started_at_ms bigint not null,
  deadline_ms bigint not null,
  ended_at_ms bigint,
  outcome text,
  detail text,
  constraint attempts_pkey primary key (shard, message_id, attempt)
) with (fillfactor=70);

create table clock (
  id smallint not null,
  mode text not null,
  now_ms bigint not null,
  constraint clock_pkey primary key (id),
  constraint clock_id_check check ((id = 1)),
  constraint clock_mode_check check ((mode = any (array['system'::text, 'manual'::text])))
);

create table confirmation_requests (
  shard smallint not null,
  workspace_id integer not null,
  address_digest bytea not null,
  last_at_ms bigint not null,
  before_at_ms bigint not null,
  constraint confirmation_requests_pkey primary key (shard, workspace_id, address_digest)
) with (fillfactor=70);

create table consents (
  shard smallint not null,
  contact_id uuid not null,
  n integer not null,
  workspace_id integer not null,
  at_ms bigint not null,
  channel text,
  topic text,
  state text not null,
  address text,
  proof jsonb not null,
  purpose text default 'marketing'::text not null,
  constraint consents_pkey primary key (shard, contact_id, n),
  constraint consents_purpose_check check ((purpose = any (array['marketing'::text, 'profiling'::text]))),
  constraint consents_state_check check ((state = any (array['granted'::text, 'withdrawn'::text])))
);

create table contacts (
  shard smallint not null,
  contact_id uuid not null,
  workspace_id integer not null,
  redirect_to uuid,
  user_id text,
  email text,
  created_at_ms bigint not null,
  state bytea not null,
  constraint contacts_pkey primary key (shard, contact_id)
) with (fillfactor=60, toast_tuple_target=8160);
create index contacts_by_redirect on public.contacts using btree (redirect_to) where (redirect_to is not null);

create table counters (
  shard smallint not null,
  workspace_id integer not null,
  thing text not null,
  metric text not null,
  hour integer not null,
  value bigint not null,
  constraint counters_pkey primary key (shard, workspace_id, thing, metric, hour)
) with (fillfactor=50);

create table counters_by_day (
  shard smallint not null,
  workspace_id integer not null,
  thing text not null,
  metric text not null,
  day integer not null,
  value bigint not null,
  constraint counters_by_day_pkey primary key (shard, workspace_id, thing, metric, day)
) with (fillfactor=70);

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
  constraint decisions_pkey primary key (shard, contact_id, n)
);

create table dedupe (
  shard smallint not null,
  generation integer not null,
  digest bytea not null,
  constraint dedupe_pkey primary key (shard, generation, digest)
) partition by list (generation);

create table definitions (
  workspace_id integer not null,
  kind text not null,
  key text not null,
  version integer not null,
  body json not null,
  source text not null,
  compiled json,
  created_at_ms bigint not null,
  constraint definitions_pkey primary key (workspace_id, kind, key, version),
  constraint definitions_kind_check check ((kind ~ '^[a-z][a-z-]*$'::text)),
  constraint definitions_workspace_id_fkey foreign key (workspace_id) references workspaces(workspace_id)
);

create table enrollments (
  shard smallint not null,
  enrollment_id uuid not null,
  workspace_id integer not null,
  contact_id uuid not null,
  journey text not null,
  version integer not null,
  entry_key text,
  status text not null,
  step text,
  reason text,
  entered_at_ms bigint not null,
  changed_at_ms bigint not null,
  constraint enrollments_pkey primary key (shard, enrollment_id),
  constraint enrollments_status_check check ((status = any (array['active'::text, 'completed'::text, 'exited'::text])))
) with (fillfactor=60);
create index enrollments_by_contact on public.enrollments using btree (shard, contact_id);
create index enrollments_by_journey on public.enrollments using btree (shard, workspace_id, journey, status);

create table erasures (
  shard smallint not null,
  erasure_id uuid not null,
  contact_id uuid not null,
  workspace_id integer not null,
  at_ms bigint not null,
  reason text,
  requested_by text,
  received integer not null,
  posted integer not null,
  removed jsonb not null,
  constraint erasures_pkey primary key (shard, erasure_id, contact_id)
);
create index erasures_by_time on public.erasures using btree (workspace_id, at_ms, erasure_id) where (reason is not null);

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
  constraint event_log_pkey primary key (shard, seq)
) partition by range (seq);
create index event_log_by_contact on only public.event_log using btree (shard, contact_id, occurred_at_ms);

create table event_log_default partition of event_log default;

create table imports (
  import_id text not null,
  workspace_id integer not null,
  file_name text not null,
  "position" bigint not null,
  summary jsonb not null,
  updated_at_ms bigint not null,
  constraint imports_pkey primary key (import_id),
  constraint imports_workspace_id_fkey foreign key (workspace_id) references workspaces(workspace_id)
);

create table inbox (
  shard smallint not null,
  from_shard smallint not null,
  from_seq bigint not null,
  workspace_id integer not null,
  contact_id uuid not null,
  body bytea not null,
  constraint inbox_pkey primary key (shard, from_shard, from_seq)
);

create table list_imports (
  import_id uuid not null,
  workspace_id integer not null,
  list text not null,
  file_name text not null,
  state text not null,
  text text,
  mapping jsonb not null,
  summary jsonb not null,
  created_at_ms bigint not null,
  constraint list_imports_pkey primary key (import_id),
  constraint list_imports_state_check check ((state = any (array['running'::text, 'done'::text, 'failed'::text, 'cancelled'::text]))),
  constraint list_imports_workspace_id_fkey foreign key (workspace_id) references workspaces(workspace_id)
);
create index list_imports_by_list on public.list_imports using btree (workspace_id, list, created_at_ms);

create table lists (
  workspace_id integer not null,
  key text not null,
  name text not null,
  description text,
  created_at_ms bigint not null,
  constraint lists_pkey primary key (workspace_id, key),
  constraint lists_workspace_id_fkey foreign key (workspace_id) references workspaces(workspace_id)
);

create table log_head (
  shard smallint not null,
  head bigint not null,
  constraint log_head_pkey primary key (shard)
) with (fillfactor=50);

create table mail_domains (
  shard smallint not null,
  domain text not null,
  verdict text not null,
  checked_at_ms bigint not null,
  constraint mail_domains_pkey primary key (shard, domain)
);

create table memberships (
  shard smallint not null,
  workspace_id integer not null,
  segment text not null,
  contact_id uuid not null,
  entered_at_ms bigint not null,
  left_at_ms bigint,
  entered_by text,
  left_by text,
  constraint memberships_pkey primary key (shard, contact_id, segment, entered_at_ms)
);
create index memberships_current on public.memberships using btree (shard, workspace_id, segment, contact_id) where (left_at_ms is null);
create index memberships_past on public.memberships using btree (shard, workspace_id, segment, contact_id) where (left_at_ms is not null);

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
  class text not null,
  topic text,
  status text not null,
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
  constraint messages_pkey primary key (shard, message_id),
  constraint messages_class_check check ((class = any (array['marketing'::text, 'legitimate-interest'::text, 'transactional'::text, 'confirmation'::text]))),
  constraint messages_status_check check ((status = any (array['queued'::text, 'sending'::text, 'sent'::text, 'failed'::text, 'cancelled'::text, 'unknown'::text])))
) with (fillfactor=70);
create index messages_by_contact on public.messages using btree (shard, contact_id, decided_at_ms);
create index messages_by_time on public.messages using btree (workspace_id, decided_at_ms, message_id);
create index messages_queued on public.messages using btree (shard, send_after_ms) where (status = 'queued'::text);
create index messages_queued_transactional on public.messages using btree (shard, send_after_ms) where ((status = 'queued'::text) and (class = 'transactional'::text));
create index messages_sending on public.messages using btree (shard, claimed_until_ms) where (status = 'sending'::text);

create table meta (
  name text not null,
  value text not null,
  constraint meta_pkey primary key (name)
);

create table notes (
  shard smallint not null,
  contact_id uuid not null,
  at_ms bigint not null,
  note_id uuid not null,
  workspace_id integer not null,
  written_by text not null,
  body text not null,
  constraint notes_pkey primary key (shard, contact_id, at_ms, note_id)
);

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
  constraint orders_pkey primary key (shard, contact_id, order_id)
);

create table paused_backfills (
  workspace_id integer not null,
  at_ms bigint not null,
  constraint paused_backfills_pkey primary key (workspace_id),
  constraint paused_backfills_workspace_id_fkey foreign key (workspace_id) references workspaces(workspace_id)
);

create table previews (
  preview_id uuid not null,
  workspace_id integer not null,
  source jsonb not null,
  result jsonb,
  created_at_ms bigint not null,
  constraint previews_pkey primary key (preview_id),
  constraint previews_workspace_id_fkey foreign key (workspace_id) references workspaces(workspace_id)
);

create table programs (
  workspace_id integer not null,
  version integer not null,
  manifest jsonb not null,
  created_at_ms bigint not null,
  constraint programs_pkey primary key (workspace_id, version),
  constraint programs_workspace_id_fkey foreign key (workspace_id) references workspaces(workspace_id)
);

create table quality_choices (
  shard smallint not null,
  workspace_id integer not null,
  trait text not null,
  value text not null,
  choice text not null,
  canonical text,
  at_ms bigint not null,
  constraint quality_choices_pkey primary key (shard, workspace_id, trait, value),
  constraint quality_choices_choice_check check ((choice = any (array['accepted'::text, 'replaced'::text, 'rejected'::text])))
);

create table quality_findings (
  shard smallint not null,
  workspace_id integer not null,
  run_id integer not null,
  contact_id uuid not null,
  figures text[] not null,
  details jsonb not null,
  constraint quality_findings_pkey primary key (shard, workspace_id, run_id, contact_id)
);

create table quality_keys (
  shard smallint not null,
  workspace_id integer not null,
  run_id integer not null,
  kind text not null,
  digest bytea not null,
  contact_id uuid not null,
  constraint quality_keys_pkey primary key (shard, workspace_id, run_id, kind, digest, contact_id)
);
create index quality_keys_by_contact on public.quality_keys using btree (contact_id);

create table quality_runs (
  workspace_id integer not null,
  run_id integer not null,
  kind text not null,
  status text not null,
  step integer not null,
  questions jsonb not null,
  progress jsonb not null,
  error text,
  started_at_ms bigint not null,
  ended_at_ms bigint,
  constraint quality_runs_pkey primary key (workspace_id, run_id),
  constraint quality_runs_kind_check check ((kind = any (array['report'::text, 'apply'::text]))),
  constraint quality_runs_status_check check ((status = any (array['running'::text, 'done'::text, 'failed'::text]))),
  constraint quality_runs_workspace_id_fkey foreign key (workspace_id) references workspaces(workspace_id)
);

create table quality_settings (
  workspace_id integer not null,
  body jsonb not null,
  constraint quality_settings_pkey primary key (workspace_id),
  constraint quality_settings_workspace_id_fkey foreign key (workspace_id) references workspaces(workspace_id)
);

create table quality_values (
  shard smallint not null,
  workspace_id integer not null,
  run_id integer not null,
  trait text not null,
  value text not null,
  contacts bigint not null,
  constraint quality_values_pkey primary key (shard, workspace_id, run_id, trait, value)
) with (fillfactor=70);

create table rejected_events (
  shard smallint not null,
  rejected_id uuid not null,
  workspace_id integer not null,
  received_at_ms bigint not null,
  code text not null,
  message text not null,
  pointer text not null,
  payload bytea not null,
  constraint rejected_events_pkey primary key (shard, rejected_id)
);
create index rejected_events_by_time on public.rejected_events using btree (workspace_id, received_at_ms);

create table retention_progress (
  shard smallint not null,
  workspace_id integer not null,
  rule text not null,
  seq bigint not null,
  contact_id uuid,
  constraint retention_progress_pkey primary key (shard, workspace_id, rule)
);

create table schema_migrations (
  number integer not null,
  name text not null,
  kind text not null,
  checksum text not null,
  applied_at bigint not null,
  constraint schema_migrations_pkey primary key (number)
);

create table send_budgets (
  shard smallint not null,
  workspace_id integer not null,
  journey text not null,
  hour integer not null,
  used integer not null,
  constraint send_budgets_pkey primary key (shard, workspace_id, journey, hour)
) with (fillfactor=50);

create table shard_programs (
  shard smallint not null,
  workspace_id integer not null,
  version integer not null,
  swept_version integer not null,
  sweep_after uuid,
  swept integer default 0 not null,
  sweep_total integer default 0 not null,
  constraint shard_programs_pkey primary key (shard, workspace_id)
);

create table shards (
  shard smallint not null,
  log_offset bigint not null,
  out_seq bigint not null,
  constraint shards_pkey primary key (shard)
) with (fillfactor=50);

create table signing_keys (
  key_id smallint not null,
  secret bytea not null,
  created_at_ms bigint not null,
  constraint signing_keys_pkey primary key (key_id)
);

create table suppressions (
  shard smallint not null,
  workspace_id integer not null,
  channel text not null,
  address_digest bytea not null,
  reason text not null,
  at_ms bigint not null,
  constraint suppressions_pkey primary key (shard, workspace_id, channel, address_digest)
);

create table timers (
  shard smallint not null,
  contact_id uuid not null,
  due_at_ms bigint not null,
  constraint timers_pkey primary key (shard, contact_id)
) with (fillfactor=60);
create index timers_by_due on public.timers using btree (shard, due_at_ms);

create table trait_changes (
  shard smallint not null,
  contact_id uuid not null,
  n integer not null,
  workspace_id integer not null,
  at_ms bigint not null,
  told_at_ms bigint not null,
  trait text not null,
  before bytea,
  after bytea,
  source bytea not null,
  constraint trait_changes_pkey primary key (shard, contact_id, n)
);

create table trait_examples (
  shard smallint not null,
  workspace_id integer not null,
  trait text not null,
  type text not null,
  contact_id uuid not null,
  at_ms bigint not null,
  constraint trait_examples_pkey primary key (shard, workspace_id, trait, type)
) with (fillfactor=60);

create table used_links (
  shard smallint not null,
  message_id uuid not null,
  workspace_id integer not null,
  used_at_ms bigint not null,
  constraint used_links_pkey primary key (shard, message_id)
);

create table workspaces (
  workspace_id integer not null,
  name text not null,
  sending text default 'live'::text not null,
  test_recipients text[] default '{}'::text[] not null,
  created_at_ms bigint not null,
  constraint workspaces_pkey primary key (workspace_id),
  constraint workspaces_name_key unique (name),
  constraint workspaces_sending_check check ((sending = any (array['live'::text, 'test'::text, 'stopped'::text])))
);
