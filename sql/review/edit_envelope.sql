create or replace function pawl.edit_envelope(review pawl.reviews, edit jsonb, by text)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_was pawl.envelopes;
  v_violation jsonb;
begin
  select e.* into v_was
  from pawl.envelopes as e
  where e.task_id = review.task_id
    and e.act_no = review.act_no
    and e.envelope_no = review.envelope_no;
  if exists (
    select from pawl.tool_calls as c
    where c.task_id = review.task_id
      and c.act_no = review.act_no
      and c.purpose = 'act'
      and coalesce(c.outcome, 'unknown') = 'unknown'
  ) then
    raise exception using
      errcode = 'PW303',
      message = 'an earlier form of this action may have happened',
      hint = 'Find out first; an edited action would be a second one.';
  end if;
  select pawl.json_schema_violation(m.tools -> v_was.tool, edit) into v_violation
  from pawl.tasks as t
  join pawl.machines as m using (machine_id)
  where t.task_id = review.task_id;
  if v_violation is not null then
    raise exception using
      errcode = 'PW303',
      message = format('the edit does not fit at %s: expected %s',
        v_violation ->> 'path', v_violation ->> 'expected'),
      hint = 'Give all arguments of the tool, not only the changed ones.';
  end if;
  perform pawl.attach_envelope(
    review.task_id,
    to_jsonb(v_was) || jsonb_build_object('args', edit),
    edit_envelope.by
  );
end
$$;
comment on function pawl.edit_envelope(pawl.reviews, jsonb, text) is
  'private: a person''s edit becomes the act''s next envelope, with a key of its own.';
