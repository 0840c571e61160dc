-- Functions are called, tables are read; nobody but the owner writes a table by hand, and the
-- triggers stop even the owner.  Applied last, after every function is there.
revoke all on all functions in schema pawl from public;
revoke all on all tables in schema pawl from public;
grant usage on schema pawl to pawl_submitter, pawl_worker, pawl_reviewer, pawl_observer;
grant execute on function pawl.clock() to pawl_submitter, pawl_worker, pawl_reviewer, pawl_observer;

grant insert on pawl.tasks to pawl_submitter;
grant select on pawl.tasks to pawl_submitter;
grant
  select,
  delete,
  insert (schedule, cron, machine, input, labels, priority, budget, enabled),
  update (cron, machine, input, labels, priority, budget, enabled)
on pawl.schedules to pawl_submitter;
grant select on all tables in schema pawl to pawl_observer, pawl_worker, pawl_reviewer;

grant execute on function
  pawl.new_task_id(),
  pawl.submit_task(text, jsonb, text, integer, timestamptz, jsonb, jsonb),
  pawl.task_of_key(text, text),
  pawl.send_event(uuid, jsonb, text),
  pawl.whole(uuid, jsonb),
  pawl.trace(uuid)
to pawl_submitter;

grant execute on function
  pawl.cancel_task(uuid, text, boolean),
  pawl.pause_task(uuid, text),
  pawl.resume_task(uuid, text),
  pawl.retry_task(uuid, text),
  pawl.fork_task(uuid, bigint, text)
to pawl_submitter, pawl_reviewer;

grant execute on function
  pawl.start_worker(uuid, text, text, integer, text[], integer, interval),
  pawl.name_pool(uuid, text),
  pawl.beat_worker(uuid),
  pawl.stop_worker(uuid),
  pawl.hand_back_strays(uuid, jsonb, interval),
  pawl.attempts_over(uuid[], integer[], integer[]),
  pawl.history(uuid, bigint),
  pawl.answered_actors(uuid, bigint),
  pawl.bury_worker(uuid),
  pawl.sweep(interval),
  pawl.dispatch(),
  pawl.make_months(integer),
  pawl.load_tasks(uuid[]),
  pawl.load_agent(uuid),
  pawl.park_task(uuid, bigint, text, bigint[]),
  pawl.is_idle(bigint[]),
  pawl.claim_step(uuid, integer, uuid, text, boolean),
  pawl.postpone_suspect(uuid, integer, uuid),
  pawl.end_solitude(uuid),
  pawl.take_tick(text, interval),
  pawl.end_attempt(uuid, integer, integer, text, bigint, jsonb),
  pawl.end_action(uuid, integer, integer, text, jsonb, jsonb),
  pawl.drop_event(uuid, bigint, bigint),
  pawl.commit(jsonb),
  pawl.begin_tool_call(jsonb),
  pawl.settle_tool_call(jsonb),
  pawl.begin_model_call(jsonb),
  pawl.settle_model_call(jsonb),
  pawl.whole(uuid, jsonb),
  pawl.wake_tasks(uuid[], boolean),
  pawl.free_tasks(uuid[]),
  pawl.pass_on(text, uuid[], integer, timestamptz),
  pawl.find_machine(jsonb)
to pawl_worker;

grant execute on function
  pawl.decide_review(uuid, integer, text, text, text, jsonb, jsonb),
  pawl.raise_budget(uuid, jsonb, text),
  pawl.label_outcome(uuid, integer, boolean, text),
  pawl.whole(uuid, jsonb),
  pawl.trace(uuid)
to pawl_reviewer;

grant execute on function
  pawl.trace(uuid),
  pawl.whole(uuid, jsonb),
  pawl.price_of(text, bigint, timestamptz),
  pawl.cost_microusd(pawl.prices, jsonb),
  pawl.prompt_tokens(jsonb),
  pawl.verify(),
  pawl.json_hash(jsonb),
  pawl.envelope_hash(jsonb)
to pawl_observer, pawl_reviewer, pawl_worker;

-- Graphile's tables are its own, behind row security; a worker's runner works on them directly.
grant usage on schema graphile_worker to pawl_worker;
grant select, insert, update, delete on all tables in schema graphile_worker to pawl_worker;
grant usage on all sequences in schema graphile_worker to pawl_worker;
grant execute on all functions in schema graphile_worker to pawl_worker;
do $$
declare
  v_table text;
begin
  foreach v_table in array array['_private_jobs', '_private_job_queues', '_private_tasks', '_private_known_crontabs'] loop
    execute format('drop policy if exists pawl_worker on graphile_worker.%I', v_table);
    execute format('create policy pawl_worker on graphile_worker.%I to pawl_worker using (true) with check (true)', v_table);
  end loop;
end
$$;
