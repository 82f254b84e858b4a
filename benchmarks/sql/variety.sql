-- Of the finished tasks one in a thousand is unlike the others, and each has a note.
INSERT INTO tasker_annotation_types (name, created_at) VALUES ('invoice', now());

UPDATE tasker_tasks SET status = 'error', completed_at = NULL, initiator = 'ann', reason = 'a reprint', owner = 'ann',
    source_system = 'till', tags = '["urgent"]'
WHERE initiator = 'history' AND mod(task_id, 1000) = 0;

INSERT INTO tasker_task_annotations
    (task_id, annotation_type_id, workflow_step_id, annotation, created_at, updated_at)
SELECT step.task_id, kind.annotation_type_id, step.workflow_step_id, jsonb_build_object('number', step.task_id),
    step.created_at, step.created_at
FROM tasker_workflow_steps step, tasker_annotation_types kind
WHERE step.name = 'one' AND step.status = 'complete' AND kind.name = 'invoice';
