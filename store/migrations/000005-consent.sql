-- compatible

-- More kinds of definitions come; what they are is for the contract to say.
alter table definitions drop constraint definitions_kind_check;
alter table definitions add constraint definitions_kind_check check (kind ~ '^[a-z][a-z-]*$');

alter table messages drop constraint messages_class_check;
alter table messages add constraint messages_class_check check (class in ('marketing', 'legitimate-interest', 'transactional', 'confirmation'));

-- Consent to conclusions drawn about a contact belongs to no channel.
alter table consents add column purpose text not null default 'marketing' check (purpose in ('marketing', 'profiling'));
alter table consents alter column channel drop not null;

-- What the owner of an address said about it, whichever contact it was said by, in the shard that the digest derives:
-- withdrawals, and topics confirmed after one. A topic of '' is the whole channel.
create table address_consents (
  shard smallint not null,
  workspace_id integer not null,
  channel text not null,
  address_digest bytea not null,
  topic text not null,
  state text not null check (state in ('granted', 'withdrawn')),
  at_ms bigint not null,
  primary key (shard, workspace_id, channel, address_digest, topic)
);

-- When an address was last asked to confirm a subscription, and when before that, whoever asked.
create table confirmation_requests (
  shard smallint not null,
  workspace_id integer not null,
  address_digest bytea not null,
  last_at_ms bigint not null,
  before_at_ms bigint not null,
  primary key (shard, workspace_id, address_digest)
) with (fillfactor = 70);

-- Links that have done what they are for, each by the message that it was in.
create table used_links (
  shard smallint not null,
  message_id uuid not null,
  workspace_id integer not null,
  used_at_ms bigint not null,
  primary key (shard, message_id)
);
