create or replace function pawl.verify_people()
returns table (law integer, task_id uuid, what text)
language sql
stable
security definer
set search_path = pawl, pg_temp
as $$
  select 15, c.task_id, format('call %s was sent without an approval of exactly what was sent', c.call_no)
  from pawl.tool_calls as c
  left join pawl.envelopes as e
    on e.task_id = c.task_id
    and e.act_no = c.act_no
    and e.envelope_no = c.envelope_no
  where c.planned
    and c.consequential
    and c.purpose = 'act'
    and not c.carried
    and c.outcome is distinct from 'refused'
    and (
      e.task_id is null
      or pawl.json_hash(e.args) <> c.request_hash
      or (e.tool, e.tool_version) <> (c.tool, c.tool_version)
      or e.hash <> pawl.envelope_hash(to_jsonb(e))
      or c.approval ->> 'hash' is distinct from e.hash
      or pawl.approval_of(e) is null
    )
  union all
  select 16, r.task_id, format('review %s caused %s events', r.review_no, count(e.event_no))
  from pawl.reviews as r
  left join pawl.events as e
    on e.task_id = r.task_id
    and e.cause = 'review'
    and (e.payload ->> 'review_no')::integer = r.review_no
  where pawl.is_waited_for(r)
  group by r.task_id, r.review_no, r.status
  having count(e.event_no) <> (r.status = 'decided')::integer
$$;
comment on function pawl.verify_people() is 'private: laws 15 and 16, of approvals and reviews.';
