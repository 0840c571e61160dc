-- Who asks for the live tasks of one machine version (is it idle, is it stranded, what is to be moved
-- to another) reads those, and not everything that is alive.

create index tasks_alive_by_machine on pawl.tasks (machine_id, task_id) where finished_at is null;
