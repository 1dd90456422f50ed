// Types SQL at the prompt of DuckDB's own shell, the one for browsers, and writes what it printed as CSV. For each FOLDER/NAME.sql there is a Parquet or
// DuckDB file NAME; each line is a statement about the table flows or events. The tables printed go to FOLDER/NAME.shell, each ended by an empty line.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Browser } from './browser.mjs'
import { open } from './site.mjs'

const PROMPT = 'duckdb>'
const PATIENCE_MILLIS = 60_000, MOST_MILLIS = 150_000
const folder = resolve(process.argv[2])

// Releases since 1.29 load what reads Parquet from DuckDB's servers; 1.28.0 has it in itself, and knows no database of storage version 1.2.
const PAGES = {
  parquet: { engine: 'duckdb-wasm-parquet', shell: 'duckdb-wasm-shell-parquet' },
  duckdb: { engine: '@duckdb/duckdb-wasm', shell: '@duckdb/duckdb-wasm-shell' }
}

// Lines of the terminal from a marker on, or of all of it where it was cleared; those that it broke put together.
const SEEN = `(() => {
  const buffer = window.terminal.buffer.active, lines = []
  for (let i = Math.max(0, window.began?.line ?? 0); i <= buffer.baseY + buffer.cursorY; i++) {
    const line = buffer.getLine(i)
    if (line.isWrapped && lines.length) lines.push(lines.pop() + line.translateToString(true))
    else lines.push(line.translateToString(true))
  }
  return lines
})()`

class Shell {
  #page

  constructor(page) {
    this.#page = page
  }

  async #until(what, holds) {
    const end = Date.now() + PATIENCE_MILLIS
    for (;;) {
      const lines = await this.#page.evaluate(`window.terminal ? ${SEEN} : []`)
      if (holds(lines)) return lines
      if (Date.now() > end || this.#page.errors.length) {
        throw new Error(`${what} did not come: ${this.#page.errors.join('; ')}\n${lines.join('\n')}`)
      }
      await new Promise(done => setTimeout(done, 20))
    }
  }

  // Waits for the prompt.
  ready() {
    return this.#until('the prompt', lines => lines.at(-1)?.trim() === PROMPT)
  }

  async #write(line) {
    await this.#page.evaluate('void (window.began = window.terminal.registerMarker(0))')
    await this.#page.type(line)
    await this.#until(`"${line}"`, lines => lines.length === 1 && lines[0].trimEnd() === `${PROMPT} ${line}`)
  }

  // Types a line; what is printed before the next prompt.
  async answer(line) {
    await this.#write(line)
    await this.#page.enter()
    const lines = await this.#until('an answer', lines => lines.length > 1 && lines.at(-1).trim() === PROMPT)
    return lines.slice(1, -1)
  }

  // Adds a file by the shell's own dialog.
  async add(name) {
    await this.#write('.files add')
    await this.#page.choose(join(folder, name), () => this.#page.enter())
    await this.#until('the file', lines => lines.length > 1 && lines.at(-1).trim() === PROMPT)
  }
}

// The cells of a table of box drawing characters, as CSV.
function csv(line, printed) {
  const rows = printed.filter(each => each.startsWith('│')).map(each => each.slice(1, -1).split('┆').map(cell => cell.trim()))
  if (rows.length === 0) throw new Error(`${line}: no table in the answer:\n${printed.join('\n')}`)
  return rows.map(row => row.join(',') + '\n').join('')
}

async function answers(shell, kind, name) {
  await shell.add(name)
  if (kind === 'duckdb') {
    for (const line of ['USE memory;', 'DETACH DATABASE IF EXISTS file;', `ATTACH '${name}' AS file (READ_ONLY);`, 'USE file;']) {
      const said = (await shell.answer(line)).join('\n')
      if (said.includes('Error')) throw new Error(`${line} ${said}`)
    }
  }
  let text = ''
  for (const line of readFileSync(join(folder, `${name}.sql`), 'utf8').trim().split('\n')) {
    text += csv(line, await shell.answer(line)) + '\n'
  }
  writeFileSync(join(folder, `${name}.shell`), text)
}

const site = await open(PAGES)
const browser = new Browser(join(folder, 'browser'))
const watch = setTimeout(async () => {
  console.error(`not done after ${MOST_MILLIS} ms`)
  await browser.close()
  process.exit(1)
}, MOST_MILLIS)
try {
  const names = readdirSync(folder).filter(each => each.endsWith('.sql')).map(each => each.slice(0, -4)).sort()
  for (const kind of Object.keys(PAGES)) {
    const page = await browser.open(`${site.url}/${kind}`, 2400, 1000)
    const shell = new Shell(page)
    await shell.ready()
    for (const name of names.filter(each => each.endsWith(`.${kind}`))) await answers(shell, kind, name)
    if (page.errors.length) throw new Error(page.errors.join('; '))
  }
  if (site.troubles.length) throw new Error(site.troubles.join('; '))
} finally {
  clearTimeout(watch)
  await browser.close()
  site.close()
}
