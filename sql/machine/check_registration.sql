create or replace function pawl.check_registration(registration jsonb)
returns void
language plpgsql
stable
security definer
set search_path = pawl, pg_temp
as $$
declare
  v_unknown text := coalesce(
    pawl.json_schema_refusal(registration -> 'input_schema'),
    pawl.json_schema_refusal(registration -> 'output_schema'),
    (
      select pawl.json_schema_refusal(e.value)
      from jsonb_each(registration -> 'event_schemas') as e
      where pawl.json_schema_refusal(e.value) is not null
      limit 1
    )
  );
begin
  perform pawl.check_budget(registration -> 'budget');
  if v_unknown is not null then
    raise exception using
      errcode = 'PW603',
      message = format('the schemas of %s cannot be checked in the database: %s',
        registration ->> 'machine', v_unknown),
      hint = 'Use the subset that zod''s toJSONSchema emits, with patterns that PostgreSQL compiles.';
  end if;
end
$$;
comment on function pawl.check_registration(jsonb) is
  'private: refuses a machine whose schemas (PW603) or budget (PW105) cannot be enforced.';
