/**
 * A machine as a Mermaid diagram, drawn from its definition: what code says now and what a
 * database has of any version look the same.  Transitions between the same two states share an
 * arrow, and each arrow stands in the innermost state that holds both its ends, as Mermaid wants
 * it.
 */
import type { Json } from '../json.ts'
import { type Arrow, arrowsOf } from './mermaid_arrows.ts'
import { Definition, type DrawnNode, type Site } from './mermaid_nodes.ts'

export type Drawing = {
  definition: Json
  /** Names of states in document order, which the definition does not keep. */
  order: readonly string[]
  /** Tasks by name of state: written into them. */
  tasks?: ReadonlyMap<string, number>
}

export function mermaidOf({ definition, order, tasks = new Map() }: Drawing): string {
  const { root } = Definition.parse(definition)
  return new Diagram(root, order, tasks).text()
}

class Diagram {
  readonly #sites = new Map<string, Site>()
  readonly #names = new Set<string>()
  readonly #rank: Map<string, number>
  readonly #tasks: ReadonlyMap<string, number>
  readonly #arrows: Arrow[]
  readonly #root: Site

  constructor(root: DrawnNode, order: readonly string[], tasks: ReadonlyMap<string, number>) {
    const paths = order.flatMap((name) => name.split('|'))
    this.#rank = new Map(paths.toReversed().map((path, at) => [path, paths.length - at]))
    this.#tasks = tasks
    this.#root = this.#settle(root, root.id, '', undefined)
    this.#arrows = arrowsOf([...this.#sites.values()], this.#sites)
  }

  text(): string {
    const begins = this.#tasks.get('(new)')
    const root = this.#root
    const lines =
      root.node.type === 'parallel'
        ? [`[*] --> ${root.mermaid}`, ...this.#frame(root)]
        : this.#inside(root)
    if (begins !== undefined) lines.push(`%% not begun: ${counted(begins)}`)
    const gone = [...this.#tasks].filter(([name]) => name !== '(new)' && !this.#drawn(name))
    lines.push(
      ...gone.map(([name, it]) => `%% in ${clean(name)}, of another version: ${counted(it)}`),
    )
    return ['stateDiagram-v2', ...lines.map((line) => `  ${line}`)].join('\n')
  }

  #drawn(name: string): boolean {
    const paths = new Set([...this.#sites.values()].map((it) => it.path))
    return name.split('|').every((path) => paths.has(path))
  }

  #settle(node: DrawnNode, key: string, path: string, parent: Site | undefined): Site {
    const site: Site = {
      node,
      key,
      path,
      mermaid: this.#name(path === '' ? key : path),
      parent,
      children: [],
    }
    this.#sites.set(node.id, site)
    const children = Object.entries(node.states).map(([inner, child]) =>
      this.#settle(child, inner, path === '' ? inner : `${path}.${inner}`, site),
    )
    const rank = new Map(children.map((child) => [child, this.#rankOf(child)]))
    const by = (child: Site) => rank.get(child) ?? 0
    site.children.push(...children.sort((a, b) => by(a) - by(b)))
    return site
  }

  /** Plain, and nobody else's. */
  #name(text: string): string {
    const plain = text.replace(/[^A-Za-z0-9_]/g, '_')
    let name = RESERVED.has(plain) ? `${plain}_` : plain
    while (this.#names.has(name)) name = `${name}_`
    this.#names.add(name)
    return name
  }

  /** Of its first leaf. */
  #rankOf({ path }: Site): number {
    const below = [...this.#rank].filter(([it]) => it === path || it.startsWith(`${path}.`))
    return Math.min(Number.MAX_SAFE_INTEGER, ...below.map(([, at]) => at))
  }

  #frame(site: Site): string[] {
    const inner = this.#inside(site).map((line) => `  ${line}`)
    return [`state ${quoted(site.key)} as ${site.mermaid} {`, ...inner, '}']
  }

  #inside(site: Site): string[] {
    const { node, children } = site
    const first = children.find((it) => it.key === node.initial)
    const drawn = children.map((child) => this.#state(child))
    const arrows = this.#arrows.filter((it) => it.within === site)
    const place = new Map([...this.#inOrder(this.#root)].map((it, at) => [it, at]))
    arrows.sort((a, b) => (place.get(a.from) ?? 0) - (place.get(b.from) ?? 0))
    const any = `${site.mermaid}_any`
    const name = (it: Arrow) => (it.any ? any : it.from.mermaid)
    const end = (it: Arrow) => (it.to === site && it.any ? any : it.to.mermaid)
    return [
      ...(first && node.type === 'compound' ? [`[*] --> ${first.mermaid}`] : []),
      ...(node.type === 'parallel' ? between(drawn, '--') : drawn.flat()),
      ...(arrows.some((it) => it.any) ? [`state "any of ${clean(site.key)}" as ${any}`] : []),
      ...arrows.map((it) => `${name(it)} --> ${end(it)} : ${it.labels.join(', ')}`),
      ...children.filter((it) => it.node.type === 'final').map((it) => `${it.mermaid} --> [*]`),
    ]
  }

  *#inOrder(site: Site): Generator<Site> {
    yield site
    for (const child of site.children) yield* this.#inOrder(child)
  }

  #state(site: Site): string[] {
    const { node, key, mermaid } = site
    const does = node.invokes.map((invoke) => `invoke ${clean(String(invoke.src))}`)
    if (site.children.length > 0) {
      return [...this.#frame(site), ...does.map((line) => `note right of ${mermaid} : ${line}`)]
    }
    const tasks = [...this.#tasks]
      .filter(([name]) => name.split('|').includes(site.path))
      .reduce((sum, [, count]) => sum + count, 0)
    const title = node.type === 'history' ? (node.history === 'deep' ? 'H*' : 'H') : key
    const more = [...does, ...(tasks > 0 ? [counted(tasks)] : [])]
    if (more.length > 0) return [title, ...more].map((line) => `${mermaid} : ${clean(line)}`)
    return [title === mermaid ? mermaid : `state ${quoted(title)} as ${mermaid}`]
  }
}

/** Words that Mermaid reads otherwise. */
const RESERVED = new Set(['state', 'note', 'end', 'direction', 'class', 'classDef', 'style', 'as'])

function between(blocks: readonly string[][], line: string): string[] {
  return blocks.flatMap((block, at) => (at === 0 ? block : [line, ...block]))
}

function counted(tasks: number): string {
  return `${tasks} task${tasks === 1 ? '' : 's'}`
}

function quoted(text: string): string {
  return `"${clean(text)}"`
}

/** Without what would end a label or begin an entity. */
export function clean(text: string): string {
  return text.replace(/["#;\n\r]/g, ' ').trim()
}
