-- pawl.loops says of each loop when it last ticked.
drop table pawl.ticks;
