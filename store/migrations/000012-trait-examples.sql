-- compatible
-- Of each trait and type of value, the last contact of each shard that took it or was refused it: where to look when types disagree.
create table trait_examples (
  shard smallint not null,
  workspace_id integer not null,
  trait text not null,
  type text not null,
  contact_id uuid not null,
  at_ms bigint not null,
  primary key (shard, workspace_id, trait, type)
) with (fillfactor = 60);
