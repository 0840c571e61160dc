create or replace function pawl.attach_envelope(task_id uuid, envelope jsonb, made_by text)
returns pawl.envelopes
language sql
security definer
set search_path = pawl, pg_temp
as $$
  insert into pawl.envelopes (
    task_id, act_no, envelope_no, plan_no, tool, tool_version, args, hash, preconditions, made_by,
    created_at
  )
  values (
    attach_envelope.task_id, (envelope ->> 'act_no')::integer,
    coalesce((
      select max(e.envelope_no)
      from pawl.envelopes as e
      where e.task_id = attach_envelope.task_id
        and e.act_no = (envelope ->> 'act_no')::integer
    ), 0) + 1,
    (envelope ->> 'plan_no')::integer,
    envelope ->> 'tool', envelope ->> 'tool_version', envelope -> 'args',
    pawl.envelope_hash(envelope), coalesce(envelope -> 'preconditions', '{}'),
    attach_envelope.made_by, pawl.clock()
  )
  returning *
$$;
comment on function pawl.attach_envelope(uuid, jsonb, text) is
  'private: stores what would be sent as the act''s next envelope, hashed.';
