// A web site on this machine alone: a page with DuckDB's shell, and the packages of node_modules as they were published.
import { createReadStream, existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

const PACKAGES = fileURLToPath(new URL('../node_modules/', import.meta.url))
const TYPES = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm', '.map': 'application/json' }
// Nothing from elsewhere, for workers too; what is refused is told to this site.
const POLICY = "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; report-uri /refused"

// The terminal and its parts are scripts that name themselves in the window; the shell imports them as modules. The terminal that is shown can be read.
const TERMINAL = `export class Terminal extends window.Terminal {
  open(parent) {
    super.open(parent)
    window.terminal = this
  }
}`
const part = name => `export const ${name} = window.${name}.${name}`
const MODULES = {
  xterm: TERMINAL,
  'xterm-addon-fit': part('FitAddon'),
  'xterm-addon-web-links': part('WebLinksAddon'),
  'xterm-addon-webgl': part('WebglAddon')
}

// Where the package is that another one imports: in its own folder, if it wants another version than the rest.
function imported(name, by) {
  const own = `${by}/node_modules/${name}`
  return `/packages/${existsSync(join(PACKAGES, own)) ? own : name}`
}

function page({ engine, shell }) {
  const imports = {
    '@duckdb/duckdb-wasm': `/packages/${engine}/dist/duckdb-browser.mjs`,
    '@duckdb/duckdb-wasm-shell': `/packages/${shell}/dist/shell.mjs`,
    'apache-arrow': `${imported('apache-arrow', engine)}/Arrow.dom.mjs`,
    flatbuffers: `${imported('flatbuffers', engine)}/mjs/flatbuffers.js`,
    tslib: `${imported('tslib', engine)}/tslib.es6.mjs`,
    ...Object.fromEntries(Object.keys(MODULES).map(name => [name, `/modules/${name}.mjs`]))
  }
  return `<!doctype html><meta charset="utf-8"><title>DuckDB</title>
<link rel="stylesheet" href="/packages/xterm/css/xterm.css"><link rel="icon" href="data:,">
<style>html, body, #shell { margin: 0; height: 100%; overflow: hidden }</style>
<div id="shell"></div>
${Object.keys(MODULES).map(name => `<script src="/packages/${name}/lib/${name}.js"></script>`).join('\n')}
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module">
  import * as duckdb from '@duckdb/duckdb-wasm'
  import { embed } from '@duckdb/duckdb-wasm-shell'
  await embed({
    shellModule: fetch('/packages/${shell}/dist/shell_bg.wasm'),
    container: document.getElementById('shell'),
    resolveDatabase: async progress => {
      const worker = new Worker('/packages/${engine}/dist/duckdb-browser-eh.worker.js')
      const database = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), worker)
      await database.instantiate('/packages/${engine}/dist/duckdb-eh.wasm', null, progress)
      return database
    }
  })
</script>`
}

// Serves each of the pages, NAME: { engine, shell }, as /NAME. What was asked for and is not there, or was refused, is in troubles.
export async function open(pages) {
  const troubles = []
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(request.url))
    const send = (type, body) => response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY }).end(body)
    const refuse = why => {
      troubles.push(why)
      response.writeHead(404).end()
    }
    const [, folder, ...rest] = path.split('/')
    if (request.method === 'POST') {
      let report = ''
      request.setEncoding('utf8').on('data', text => (report += text)).on('end', () => refuse(`refused: ${report}`))
    } else if (folder === 'packages') {
      const file = createReadStream(join(PACKAGES, ...rest))
      file.on('error', error => refuse(error.message)).on('open', () => {
        response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream', 'content-security-policy': POLICY })
        file.pipe(response)
      })
    } else if (folder === 'modules' && rest[0]?.slice(0, -4) in MODULES) {
      send('text/javascript', MODULES[rest[0].slice(0, -4)])
    } else if (folder in pages) {
      send('text/html', page(pages[folder]))
    } else {
      refuse(`no such page: ${path}`)
    }
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    troubles,
    close: () => {
      server.close()
      server.closeAllConnections()
    }
  }
}
