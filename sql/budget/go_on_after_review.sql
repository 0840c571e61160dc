-- Of time in which several questions waited each decision counts what those that still wait will
-- not; the clock stands still until the last of them.
create or replace function pawl.go_on_after_review(review pawl.reviews)
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_since timestamptz := pawl.asked_since(review.task_id);
begin
  if v_since is null then
    perform pawl.resume_clock(review.task_id, pawl.clock() - review.opened_at);
    return;
  end if;
  update pawl.budgets as b
  set deadline_at = b.deadline_at + greatest(v_since - review.opened_at, interval '0')
  where b.task_id = review.task_id;
end
$$;
comment on function pawl.go_on_after_review(pawl.reviews) is
  'private: moves a task''s deadline on by the time a person took; its timer is set again once nobody is asked any more.';
