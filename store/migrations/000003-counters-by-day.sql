-- compatible
-- Counters of past hours, added up: one row where the hours of a day and the shards of a database were hundreds. The shard is
-- that of the thing, so that a report reads one place.
create table counters_by_day (
  shard smallint not null,
  workspace_id integer not null,
  thing text not null,
  metric text not null,
  day integer not null,
  value bigint not null,
  primary key (shard, workspace_id, thing, metric, day)
) with (fillfactor = 70);
