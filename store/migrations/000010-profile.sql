-- compatible
-- Every value that a trait of a contact took, with where it came from.
create table trait_changes (
  shard smallint not null,
  contact_id uuid not null,
  n integer not null,
  workspace_id integer not null,
  at_ms bigint not null,
  -- When what made it so happened.
  told_at_ms bigint not null,
  trait text not null,
  -- JSON, as all below; absent: it had none, or has none any more.
  before bytea,
  after bytea,
  source bytea not null,
  primary key (shard, contact_id, n)
);

-- What people wrote down about a contact.
create table notes (
  shard smallint not null,
  contact_id uuid not null,
  at_ms bigint not null,
  note_id uuid not null,
  workspace_id integer not null,
  written_by text not null,
  body text not null,
  primary key (shard, contact_id, at_ms, note_id)
);
