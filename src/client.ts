/**
 * pawl from a program: submit, send, watch, decide.  Nothing here holds any state but its
 * connections; each question is put to the database as the role that may ask it.
 */
import type { Client } from './client/client_types.ts'
import { PawlClient } from './client/pawl_client.ts'
import { ping } from './database/connection.ts'
import { Reads } from './database/reads.ts'

export type {
  CancelOptions,
  Client,
  DecideOptions,
  SendOptions,
  SubmitOptions,
  TaskResult,
  Waiting,
} from './client/client_types.ts'
export type { NamedTask, ReviewRow, TaskRow, TraceRow } from './database/read_rows.ts'
export type { Queryable } from './database/submit_within.ts'

/** Refused with PW503 where no database answers. */
export async function connect(url: string): Promise<Client> {
  await ping(url)
  return new PawlClient(new Reads(url))
}
