CREATE TABLE plain (
    step_id bigint PRIMARY KEY, task_id bigint NOT NULL, name text NOT NULL, status text NOT NULL DEFAULT 'pending',
    attempts int NOT NULL DEFAULT 0, in_process bool NOT NULL DEFAULT false, processed bool NOT NULL DEFAULT false,
    results jsonb, claimed_by text, claimed_at timestamptz, completed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX plain_task ON plain (task_id);
CREATE INDEX plain_status ON plain (status);
INSERT INTO plain (step_id, task_id, name) SELECT n, (n - 1) / 4 + 1, 's' || mod(n, 4) FROM generate_series(1, 20000) n;
VACUUM ANALYZE plain;
