-- What a step leaves behind besides its result: a plan, an envelope, an assessment, questions for
-- people, memories.  Part of the result, so it is stored whenever the step is closed.
create or replace function pawl.write_attachments(items pawl.commit_item[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_item pawl.commit_item;
  v_step_no integer;
begin
  foreach v_item in array write_attachments.items loop
    continue when v_item.attach is null or v_item.answer not in ('accepted', 'deferred');
    v_step_no := (v_item.step ->> 'step_no')::integer;
    if v_item.attach ? 'plan' then
      perform pawl.attach_plan(v_item.task_id, v_step_no, v_item.attach -> 'plan');
    end if;
    if v_item.attach ? 'envelope' then
      perform pawl.attach_envelope(v_item.task_id, v_item.attach -> 'envelope', 'agent');
    end if;
    if v_item.attach ? 'assessment' then
      perform pawl.attach_assessment(v_item.task_id, v_step_no, v_item.attach -> 'assessment');
    end if;
    if v_item.attach ? 'review' then
      perform pawl.attach_review(v_item.task_id, v_step_no, v_item.attach -> 'review');
    end if;
    insert into pawl.memories (task_id, kind, body, step_no, act_no, created_at)
    select v_item.task_id, m.kind, m.body, v_step_no, m.act_no, pawl.clock()
    from jsonb_to_recordset(coalesce(v_item.attach -> 'memories', '[]')) as m (
      kind text, body text, act_no integer
    );
  end loop;
end
$$;
comment on function pawl.write_attachments(pawl.commit_item[]) is
  'private: stores what a step leaves behind besides its result.';
