-- compatible
-- What somebody wanted to count the members of without publishing it, so that any process can take up the count. A reference table.
create table previews (
  preview_id uuid primary key,
  workspace_id integer not null references workspaces,
  source jsonb not null,
  result jsonb,
  created_at_ms bigint not null
);
