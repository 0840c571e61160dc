-- What moves ask for beyond their own tasks.  No other task is locked for it: events go into
-- inboxes, children begin as new rows, and whom it concerns is woken.  What a child is told before
-- it is let go comes before the word that it was.
create or replace function pawl.write_beyond(items pawl.commit_item[])
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_item pawl.commit_item;
begin
  foreach v_item in array write_beyond.items loop
    continue when v_item.beyond is null or v_item.answer <> 'accepted';
    if v_item.beyond ? 'carry' then
      perform pawl.carry_answers(v_item.task_id);
    end if;
    if v_item.beyond ? 'start' then
      perform pawl.start_child(v_item.task_id, s.step_no, s.machine)
      from jsonb_to_recordset(v_item.beyond -> 'start') as s (step_no integer, machine text);
    end if;
    if v_item.beyond ? 'send' then
      perform pawl.send_between(v_item.task_id, s.step_no, s.event)
      from jsonb_to_recordset(v_item.beyond -> 'send') as s (step_no integer, event jsonb);
    end if;
    if v_item.beyond ? 'stop' then
      perform pawl.send_between(v_item.task_id, s.step_no::integer, '{"type": "pawl.cancel"}')
      from jsonb_array_elements_text(v_item.beyond -> 'stop') as s (step_no);
    end if;
    if v_item.beyond ? 'acts' then
      perform pawl.enqueue(array[v_item.task_id]);
    end if;
  end loop;
end
$$;
comment on function pawl.write_beyond(pawl.commit_item[]) is
  'private: starts and stops child tasks, hands on what tasks say to each other, and to a fork what was answered.';
