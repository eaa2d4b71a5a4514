-- compatible
-- Receipts and other answers do not wait behind a campaign: they are found without walking over it.
create index messages_queued_transactional on messages (shard, send_after_ms) where status = 'queued' and class = 'transactional';

-- What people look through: the latest messages of a workspace.
create index messages_by_time on messages (workspace_id, decided_at_ms, message_id);
