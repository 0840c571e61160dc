-- Steps that are not done by a function in place of an actor: a child is another task, an action a
-- step that nothing waits for.  What a move says to other tasks and to the world goes with it.

alter table pawl.steps add column kind text not null default 'actor';
alter table pawl.steps add column child_task_id uuid;
alter table pawl.steps
  add constraint step_kind_is_known check (kind in ('actor', 'child', 'action')),
  add constraint only_a_childs_step_names_a_task check (kind = 'child' or child_task_id is null);
comment on column pawl.steps.kind is
  'actor: an invoked function; child: a task of its own, without attempts here; action: nothing waits for it, and it may outlive the task';
comment on column pawl.steps.child_task_id is 'the task that answers this step, where it is a child';

alter table pawl.transitions add column emitted jsonb;
comment on column pawl.transitions.emitted is 'the events it told the world, in order; null where it told none';

alter table pawl.budgets add column carved jsonb;
comment on column pawl.budgets.carved is 'of a child: what its parent set aside for it; null of others';

alter type pawl.commit_item add attribute beyond jsonb;
