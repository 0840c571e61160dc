-- What each act has brought so far.  A tool that was asked afterwards and said that it happened
-- has given the act's answer.
create or replace function pawl.last_answers(task_id uuid)
returns table (
  act_no       integer,
  call_no      integer,
  tool         text,
  outcome      text,
  answer       jsonb,
  error        jsonb,
  answer_hash  text
)
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select distinct on (c.act_no)
    c.act_no, c.call_no, c.tool, c.outcome, pawl.whole(c.task_id, c.answer), c.error, c.answer_hash
  from pawl.tool_calls as c
  where c.task_id = last_answers.task_id
    and c.act_no is not null
    and (c.purpose = 'act' or (c.purpose = 'reconcile' and c.outcome = 'found'))
    and c.outcome is not null
  order by c.act_no, c.call_no desc
$$;
comment on function pawl.last_answers(uuid) is 'private: the newest answer of each act of a task.';
