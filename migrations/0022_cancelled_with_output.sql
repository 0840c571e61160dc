-- A machine that cleaned up may have something to say of it.

comment on column pawl.tasks.output is
  'what its machine ended with, where it succeeded, or was cancelled and ended by itself';
