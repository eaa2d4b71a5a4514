-- compatible
-- How far a shard has been looked through for what is kept no longer, by rule. A rule that changes is another one.
create table retention_progress (
  shard smallint not null,
  workspace_id integer not null,
  rule text not null,
  -- Up to here in the log; for decisions the day of the pass, with the contact up to which it has come.
  seq bigint not null,
  contact_id uuid,
  primary key (shard, workspace_id, rule)
);
