// Chromium without a screen, driven by the DevTools protocol over a pipe: messages are JSON, each ended by an octet 0.
import { spawn } from 'node:child_process'

// Names of other machines lead nowhere, and this machine's own are not asked for.
const OPTIONS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', '--remote-debugging-pipe'
]

export class Browser {
  #process
  #heard = ''
  #number = 0
  #waiting = new Map()
  #listeners = []

  // What it keeps lies in a folder, which it makes and leaves.
  constructor(profile) {
    this.#process = spawn('chromium', [...OPTIONS, `--user-data-dir=${profile}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe']
    })
    this.#process.stdio[4].setEncoding('utf8').on('data', text => this.#hear(text))
    const ended = why => this.#waiting.forEach(({ reject }) => reject(new Error(`the browser has ended: ${why}`)))
    this.#process.on('error', error => ended(error.message)).on('exit', (code, signal) => ended(code ?? signal))
    this.#process.stdio[3].on('error', error => ended(error.message))
  }

  #hear(text) {
    const messages = (this.#heard + text).split('\0')
    this.#heard = messages.pop()
    for (const message of messages.map(each => JSON.parse(each))) {
      const asked = this.#waiting.get(message.id)
      this.#waiting.delete(message.id)
      if (!asked) {
        this.#listeners.forEach(listener => listener(message))
      } else if (message.error) {
        asked.reject(new Error(`${asked.method}: ${message.error.message}`))
      } else {
        asked.resolve(message.result)
      }
    }
  }

  // Calls a method of the protocol; without a session it is the browser's.
  call(method, params = {}, sessionId = undefined) {
    const id = ++this.#number
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { method, resolve, reject })
      this.#process.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + '\0')
    })
  }

  async open(url, width, height) {
    const { targetId } = await this.call('Target.createTarget', { url: 'about:blank' })
    const { sessionId } = await this.call('Target.attachToTarget', { targetId, flatten: true })
    const page = new Page(this, sessionId)
    this.#listeners.push(message => message.sessionId === sessionId && page.note(message))
    for (const domain of ['Page', 'Runtime', 'Log']) await page.call(`${domain}.enable`)
    await page.call('Page.setInterceptFileChooserDialog', { enabled: true })
    await page.call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false })
    await page.call('Page.navigate', { url })
    return page
  }

  // Ends it, by force if it must be.
  async close() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = new Promise(resolve => this.#process.on('exit', resolve))
    const force = setTimeout(() => this.#process.kill('SIGKILL'), 5_000)
    this.call('Browser.close').catch(() => {})
    await ended
    clearTimeout(force)
  }
}

class Page {
  #browser
  #session
  #choosing = []
  // What the page complained of.
  errors = []

  constructor(browser, session) {
    this.#browser = browser
    this.#session = session
  }

  call(method, params) {
    return this.#browser.call(method, params, this.#session)
  }

  note({ method, params }) {
    if (method === 'Page.fileChooserOpened') this.#choosing.shift()?.(params.backendNodeId)
    if (method === 'Runtime.exceptionThrown') this.errors.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text)
    if (method === 'Log.entryAdded' && params.entry.level === 'error') this.errors.push(`${params.entry.text} ${params.entry.url ?? ''}`)
  }

  // What an expression is in the page; promises are waited for.
  async evaluate(expression) {
    const { result, exceptionDetails } = await this.call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`)
    return result.value
  }

  // Presses keys one by one, as a person does who writes this.
  async type(text) {
    await Promise.all([...text].map(key => this.#press({ key, text: key })))
  }

  enter() {
    return this.#press({ key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' })
  }

  #press(key) {
    const down = this.call('Input.dispatchKeyEvent', { type: 'keyDown', ...key })
    return Promise.all([down, this.call('Input.dispatchKeyEvent', { type: 'keyUp', ...key, text: undefined })])
  }

  // Chooses a file in the dialog that an action opens.
  async choose(file, action) {
    const dialog = new Promise(resolve => this.#choosing.push(resolve))
    await action()
    await this.call('DOM.setFileInputFiles', { files: [file], backendNodeId: await dialog })
  }
}
