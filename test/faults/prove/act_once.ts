/**
 * What is done once and may be struck: `act_once.ts client ID …` submits errands and sends each its
 * event, under keys; `act_once.ts deployer` makes the app known; `act_once.ts mover` deploys its next
 * release and moves to it what is in flight.  Where the database is lost it is done again, as whoever
 * calls pawl does: the keys see to it that nothing is doubled.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { deployApp } from '../../../src/app/deploy.ts'
import { registerApp } from '../../../src/app/register.ts'
import { type Client, connect } from '../../../src/client.ts'
import app, { next } from './app.ts'

const TRIES_MAX = 60
const PAUSE_MS = 250
const MOVE = { map: [], migrate: true, drain: false, dry_run: false }

const url = process.env['DATABASE_URL'] ?? ''
const [role, ...ids] = process.argv.slice(2)

if (role === 'deployer') await patiently(() => registerApp(url, app))
else if (role === 'mover') await patiently(() => deployApp(url, next, MOVE))
else {
  const client = await connect(url)
  for (const id of ids) await order(client, Number(id))
  await client.close()
}
process.exit(0)

async function order(client: Client, id: number): Promise<void> {
  const task_id = await patiently(() => client.submit('errand', { id }, { key: `errand ${id}` }))
  process.send?.({ acknowledged: task_id })
  await patiently(() => client.send(task_id, { type: 'PAID' }, { key: 'paid' }))
}

async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries === TRIES_MAX) throw error
      await sleep(PAUSE_MS)
    }
  }
}
