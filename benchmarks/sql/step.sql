\set t random(1, :tasks)
\set s (:t - 1) * 4 + random(1, 3)
WITH recorded AS (
    UPDATE tasker_workflow_steps SET status = 'complete', results = '{"dummy": true}', error = NULL, next_attempt_at = NULL,
        processed_at = now(), lease_token = NULL, leased_until = NULL, leased_by = NULL, updated_at = now()
    WHERE workflow_step_id = :s RETURNING workflow_step_id
), told AS (
    INSERT INTO tasker_workflow_step_transitions
        (workflow_step_id, from_status, to_status, attempt, lease_token, actor, created_at)
    VALUES (:s, 'in_progress', 'complete', 1, gen_random_uuid(), 'pgbench', now()),
           (:s + 1, 'pending', 'in_progress', 1, gen_random_uuid(), 'pgbench', now())
)
UPDATE tasker_workflow_steps SET status = 'in_progress', attempts = attempts + 1, results = NULL, processed_at = NULL,
    lease_token = gen_random_uuid(), leased_until = now() + interval '30 s', leased_by = 'pgbench',
    last_attempted_at = now(), next_attempt_at = NULL, updated_at = now()
WHERE workflow_step_id = :s + 1;
