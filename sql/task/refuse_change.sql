create or replace function pawl.refuse_change()
returns trigger
language plpgsql
set search_path = pawl, pg_temp
as $$
begin
  raise exception using
    errcode = 'PW005',
    message = format('%s is written once: %s is refused', tg_argv[0], lower(tg_op)),
    hint = 'What happened stays. Whole months are dropped with pawl.drop_month.';
end
$$;
comment on function pawl.refuse_change() is 'Trigger: refuses changes of append-only tables, with PW005.';

create or replace trigger refuse_change
before update or delete on pawl.transitions
for each row execute function pawl.refuse_change('transitions');
alter table pawl.transitions enable always trigger refuse_change;
create or replace trigger refuse_change
before update or delete on pawl.plans
for each row execute function pawl.refuse_change('plans');
alter table pawl.plans enable always trigger refuse_change;
create or replace trigger refuse_change
before update or delete on pawl.plan_steps
for each row execute function pawl.refuse_change('plan_steps');
alter table pawl.plan_steps enable always trigger refuse_change;
create or replace trigger refuse_change
before delete on pawl.tasks
for each row execute function pawl.refuse_change('tasks');
alter table pawl.tasks enable always trigger refuse_change;
create or replace trigger refuse_truncate
before truncate on pawl.transitions
for each statement execute function pawl.refuse_change('transitions');
alter table pawl.transitions enable always trigger refuse_truncate;
create or replace trigger refuse_truncate
before truncate on pawl.plans
for each statement execute function pawl.refuse_change('plans');
alter table pawl.plans enable always trigger refuse_truncate;
create or replace trigger refuse_truncate
before truncate on pawl.plan_steps
for each statement execute function pawl.refuse_change('plan_steps');
alter table pawl.plan_steps enable always trigger refuse_truncate;
create or replace trigger refuse_truncate
before truncate on pawl.tasks
for each statement execute function pawl.refuse_change('tasks');
alter table pawl.tasks enable always trigger refuse_truncate;
