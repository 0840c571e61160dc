/**
 * Saying no on purpose.  Whatever pawl refuses, in SQL or in TypeScript, has a code of class PW,
 * a sentence that says what is wrong and, where there is one, a hint that says what to do.
 * Faults (what nobody foresaw) keep their own classes.
 */
export const REFUSALS = {
  PW002: 'attempt_over',
  PW003: 'illegal_transition',
  PW005: 'append_only',
  PW101: 'input_does_not_fit',
  PW102: 'unknown_machine',
  PW103: 'input_is_not_an_object',
  PW104: 'input_too_large',
  PW105: 'budget_is_wrong',
  PW106: 'key_reused',
  PW107: 'engine_column',
  PW108: 'run_at_is_not_finite',
  PW109: 'text_cannot_be_stored',
  PW110: 'column_does_not_fit',
  PW111: 'cron_is_wrong',
  PW112: 'limits_in_use',
  PW201: 'unknown_task',
  PW202: 'unknown_event',
  PW203: 'call_changed',
  PW204: 'event_does_not_fit',
  PW205: 'task_is_over',
  PW206: 'not_stopped_by_an_error',
  PW207: 'unknown_revision',
  PW208: 'cannot_be_forked',
  PW209: 'context_too_large',
  PW210: 'output_does_not_fit',
  PW301: 'already_decided',
  PW302: 'unknown_review',
  PW303: 'decision_does_not_fit',
  PW401: 'worker_buried',
  PW501: 'database_is_newer',
  PW502: 'migration_edited',
  PW503: 'no_database',
  PW504: 'not_migrated',
  PW505: 'wrong_login',
  PW506: 'pooled_connection',
  PW601: 'app_module_missing',
  PW602: 'app_module_wrong',
  PW603: 'machine_refused',
  PW604: 'tool_refused',
  PW605: 'wrong_api_key',
  PW606: 'state_map_is_wrong',
  PW607: 'no_place_to_go',
  PW608: 'worker_figures',
} as const

export type RefusalCode = keyof typeof REFUSALS

export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: RefusalCode
  readonly hint: string | undefined

  constructor(code: RefusalCode, message: string, hint?: string) {
    super(message)
    this.code = code
    this.hint = hint
  }
}
