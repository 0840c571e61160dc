-- A task that is moved to another version of its machine comes from a state that this version may
-- not have; the edge it comes by needs one to begin at.

alter table pawl.machine_states add column former boolean not null default false;
comment on column pawl.machine_states.former is
  'a state of another version only: tasks were moved away from it to this one, and none can stand here';
alter table pawl.machine_states
  add constraint a_former_state_is_not_final check (not (former and final));
