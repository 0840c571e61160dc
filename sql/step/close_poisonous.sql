-- A step that was alone in hand at so many deaths is their cause.  It fails, and its machine or a
-- person says what follows; else it would take one worker after another with it.  Where workers
-- die that had nothing to do with it, its own may have died of the same: then it takes more.
-- While somebody has it in hand nothing is said of it: that one may bring its result.
-- For an action no machine decides, and only its question can have it tried again.
create or replace function pawl.close_poisonous(task_ids uuid[])
returns void
language sql
security definer
set search_path = pawl, pg_temp
as $$
  with poisonous as (
    update pawl.steps as s
    set status = 'failed',
        error = jsonb_build_object(
          'code', 'poison',
          'message', format('its worker died at %s attempts, at %s of them with nothing else in hand', s.deaths, s.deaths_alone)
        ),
        wake_at = null,
        waits_for = null,
        delivered_revision = case when s.kind = 'action' then s.opened_revision end,
        closed_at = pawl.clock()
    where s.task_id = any (close_poisonous.task_ids)
      and s.status = 'open'
      and s.deaths_alone >= s.deaths_max
      and not exists (
        select from pawl.attempts as a
        where a.task_id = s.task_id
          and a.step_no = s.step_no
          and a.finished_at is null
      )
      and (s.deaths_alone >= 5 * s.deaths_max or not pawl.others_die(s.task_id, s.step_no))
    returning s.task_id, s.step_no, s.kind, s.src, s.input, s.error, s.deaths
  )
  insert into pawl.reviews (
    task_id, review_no, kind, question, context, choices, step_no, status, opened_at
  )
  select
    p.task_id,
    coalesce((select max(r.review_no) from pawl.reviews as r where r.task_id = p.task_id), 0)
      + row_number() over (partition by p.task_id order by p.step_no),
    'poison',
    format('Step %s (%s) kills its workers: %s of them died at it. What is wrong with it?', p.step_no, p.src, p.deaths),
    jsonb_build_object(
      'step', p.src, 'input', p.input, 'error', p.error,
      'how', case p.kind
        when 'action' then '`approve` tries it once more, alone; `reject` lets it be'
        else 'retry_task tries it once more, alone; cancel_task ends the task; `noted` closes this question and changes nothing'
      end
    ),
    case p.kind when 'action' then '{approve,reject}' else '{noted}' end::text[], p.step_no, 'waiting', pawl.clock()
  from poisonous as p
$$;
comment on function pawl.close_poisonous(uuid[]) is
  'private: fails open steps, in nobody''s hands, that killed their worker when alone with it, each with a review.';
