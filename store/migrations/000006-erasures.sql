-- compatible
-- What was done when somebody asked to be forgotten: one row for each row of `contacts` that was reached. It names nobody;
-- `contact_id` is that of the tombstone which stays in `contacts`.
create table erasures (
  shard smallint not null,
  erasure_id uuid not null,
  contact_id uuid not null,
  workspace_id integer not null,
  at_ms bigint not null,
  -- Only where the request itself arrived.
  reason text,
  requested_by text,
  -- Requests that arrived here, and that were handed on from here: when all of an erasure match, it is done.
  received integer not null,
  posted integer not null,
  removed jsonb not null,
  primary key (shard, erasure_id, contact_id)
);

create index erasures_by_time on erasures (workspace_id, at_ms, erasure_id) where reason is not null;

-- Everything that leads to a contact: only redirects have an entry, and they are never written again.
create index contacts_by_redirect on contacts (redirect_to) where redirect_to is not null;
