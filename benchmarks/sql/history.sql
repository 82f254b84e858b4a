-- Finished tasks of four steps, as W1 leaves them, {tasks} of them, one after the other in the last thirty days: no row of
-- it is open.
INSERT INTO tasker_tasks (task_id, named_task_id, status, context, initiator, source_system, reason, tags, bypass_steps,
    identity_hash, identity_minute, requested_at, created_at, updated_at, completed_at)
SELECT nextval(pg_get_serial_sequence('tasker_tasks', 'task_id')),
    (SELECT named_task_id FROM tasker_named_tasks WHERE name = 'W1'), 'complete', jsonb_build_object('number', n),
    'history', 'unknown', 'unknown', '[]', '[]', md5(n::text) || md5((-n)::text), date_trunc('minute', at), at, at, at, at
FROM generate_series(1, {tasks}) n, LATERAL (SELECT now() - interval '30 days' * ({tasks} - n) / {tasks} AS at) moment;

INSERT INTO tasker_workflow_steps (workflow_step_id, task_id, named_step_id, name, map_index, status, attempts,
    retry_limit, retryable, skippable, results, last_attempted_at, processed_at, created_at, updated_at)
SELECT nextval(pg_get_serial_sequence('tasker_workflow_steps', 'workflow_step_id')), task.task_id, step.named_step_id,
    step.name, 0, 'complete', 1, 3, true, false, '{{"dummy": true}}', task.created_at, task.created_at, task.created_at,
    task.created_at
FROM tasker_tasks task
CROSS JOIN (SELECT min(named_step_id) AS named_step_id, name FROM tasker_named_steps
    WHERE name IN ('one', 'two', 'three', 'four') GROUP BY name) step
WHERE task.initiator = 'history'
ORDER BY task.task_id, array_position(ARRAY['one', 'two', 'three', 'four'], step.name::text);

INSERT INTO tasker_workflow_step_edges (parent_step_id, child_step_id)
SELECT parent.workflow_step_id, parent.workflow_step_id + 1
FROM tasker_workflow_steps parent JOIN tasker_tasks task USING (task_id)
WHERE task.initiator = 'history' AND parent.name IN ('two', 'three');

INSERT INTO tasker_task_transitions (task_id, from_status, to_status, actor, created_at)
SELECT task_id, step.source, step.target, 'history', created_at
FROM tasker_tasks, (VALUES ('pending', 'in_progress'), ('in_progress', 'complete')) step (source, target)
WHERE initiator = 'history';

INSERT INTO tasker_workflow_step_transitions
    (workflow_step_id, from_status, to_status, attempt, lease_token, actor, created_at)
SELECT step.workflow_step_id, move.source, move.target, 1, gen_random_uuid(), 'history', step.created_at
FROM tasker_workflow_steps step JOIN tasker_tasks task USING (task_id),
    (VALUES ('pending', 'in_progress'), ('in_progress', 'complete')) move (source, target)
WHERE task.initiator = 'history';
