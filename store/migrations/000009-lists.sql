-- compatible
-- Lists of people kept by hand; who is on one is kept with the contact and in `memberships`. Reference tables.
create table lists (
  workspace_id integer not null references workspaces,
  key text not null,
  name text not null,
  description text,
  created_at_ms bigint not null,
  primary key (workspace_id, key)
);

-- A file that is being read onto a list, kept until that is done so that any process can go on.
create table list_imports (
  import_id uuid primary key,
  workspace_id integer not null references workspaces,
  list text not null,
  file_name text not null,
  state text not null check (state in ('running', 'done', 'failed', 'cancelled')),
  text text,
  mapping jsonb not null,
  summary jsonb not null,
  created_at_ms bigint not null
);

create index list_imports_by_list on list_imports (workspace_id, list, created_at_ms);
