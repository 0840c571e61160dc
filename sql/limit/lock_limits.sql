-- While we wait for the lock everybody else waits behind us, and whoever controlled a task in a
-- transaction that is left open keeps us waiting: so we wait shortly, let them pass, and try again.
-- And whoever holds it is not to leave for coffee: an idle transaction is ended.
create or replace function pawl.lock_limits()
returns void
language plpgsql
security definer
set search_path = pawl, pg_temp
set lock_timeout = '100ms'
as $$
declare
  v_tries_max constant integer := 15;
begin
  for v_try in 1..v_tries_max loop
    begin
      lock table pawl.limits in access exclusive mode;
      perform set_config('idle_in_transaction_session_timeout', '2s', true);
      return;
    exception
      when lock_not_available then
        perform pg_sleep(0.1);
    end;
  end loop;
  raise exception using
    errcode = 'PW112',
    message = 'the limits are in use: a transaction that has looked at them is still open',
    hint = 'Try again once it has ended: select pid, state, query from pg_stat_activity '
      || 'where state = ''idle in transaction'' order by xact_start;';
end
$$;
comment on function pawl.lock_limits() is
  'private: keeps everybody else from the limits; PW112 where somebody keeps them for longer than three seconds.';
