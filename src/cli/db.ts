/** `pawl db start|stop|url`: the embedded PostgreSQL of this project. */
import { Command } from 'commander'
import { Refusal } from '../refusal.ts'
import { projectRoot } from './place.ts'

export function dbCommand(): Command {
  const db = new Command('db')
    .description('the embedded PostgreSQL of this folder')
    .usage('start|stop|url')
    .helpCommand(false)
  db.command('start').description('start it and leave it running; prints its URL').action(start)
  db.command('stop').description('stop it, whoever uses it').action(stop)
  db.command('url').description('the URL of the one that runs').action(printUrl)
  return db
}

async function start(): Promise<void> {
  const { startEmbedded } = await import('../database/embedded.ts')
  const embedded = await startEmbedded({
    root: projectRoot(),
    log: (line) => console.error(line),
  })
  await embedded.keep()
  console.log(embedded.url)
}

async function stop(): Promise<void> {
  const { stopEmbedded } = await import('../database/embedded.ts')
  console.log((await stopEmbedded(projectRoot())) ? 'stopped' : 'it was not running')
}

async function printUrl(): Promise<void> {
  const { embeddedUrl } = await import('../database/embedded.ts')
  const url = embeddedUrl(projectRoot())
  if (url === undefined) {
    throw new Refusal(
      'PW503',
      `no embedded PostgreSQL of ${projectRoot()} runs`,
      '`pawl db start` starts it',
    )
  }
  console.log(url)
}
