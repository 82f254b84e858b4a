\set t random(1, :tasks)
\set s (:t - 1) * 4 + random(1, 3)
WITH recorded AS (
    UPDATE plain SET status = 'complete', processed = true, in_process = false, results = '{"dummy": true}',
        completed_at = now(), updated_at = now() WHERE step_id = :s RETURNING 1
)
UPDATE plain SET status = 'in_progress', in_process = true, claimed_by = 'w1', claimed_at = now(),
    attempts = attempts + 1, updated_at = now() WHERE step_id = :s + 1;
