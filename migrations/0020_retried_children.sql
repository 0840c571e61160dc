-- A child goes on under its own id when its parent is retried, so it may end more than once: its
-- parent bears each time what has been added since.

alter table pawl.budgets add column borne jsonb;
comment on column pawl.budgets.borne is
  'of a child that has ended: what its parent has taken over of it so far; null of others';
comment on column pawl.budgets.carved is
  'of a child: what its parent set aside for it the last time, and the caps that made; null of others';
