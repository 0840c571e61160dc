-- What a worker has begun and does not know of: the answer to its claim or commit was lost on the
-- way, or a fault ended the work.  It goes back, as nobody else will take it from a live worker.
create or replace function pawl.hand_back_strays(
  worker_id  uuid,
  in_hand    jsonb,
  patience   interval default '5 seconds'
)
returns bigint
language sql
security definer
set search_path = pawl, pg_temp
set enable_seqscan = off
as $$
  with strays as materialized (
    select a.task_id, a.step_no, a.attempt
    from pawl.attempts as a
    where a.worker_id = hand_back_strays.worker_id
      and a.outcome is null
      and a.started_at < pawl.clock() - hand_back_strays.patience
      and not exists (
        select from jsonb_to_recordset(in_hand) as h (task_id uuid, step_no integer, attempt integer)
        where h.task_id = a.task_id
          and h.step_no = a.step_no
          and h.attempt = a.attempt
      )
    order by a.task_id, a.step_no
  )
  select count(*) filter (where pawl.end_attempt(s.task_id, s.step_no, s.attempt, 'handed_back', 0))
  from strays as s
$$;
comment on function pawl.hand_back_strays(uuid, jsonb, interval) is
  'Hands back the attempts of a worker that are older than patience and not among those it says it has in hand: [{task_id, step_no, attempt}]. Returns how many.';
