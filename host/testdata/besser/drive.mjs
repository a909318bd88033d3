// Drives a host with Node's own WebSocket, or with the package ws, and writes what
// came.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const WebSocket = globalThis.WebSocket ?? createRequire(import.meta.url)('ws')
if (process.argv[2] === 'check') process.exit(0)

const plan = JSON.parse(readFileSync(0, 'utf8'))
const out = []
let marks = 0

class Client {
  constructor(url) {
    this.waiting = []
    this.came = []
    this.socket = new WebSocket(url)
    this.open = new Promise((resolve, reject) => {
      this.socket.onopen = resolve
      this.socket.onerror = () => reject(new Error('the connection failed'))
    })
    this.closed = new Promise((resolve) => { this.socket.onclose = resolve })
    this.socket.onmessage = (event) => {
      const next = this.waiting.shift()
      if (next) next(event.data)
      else this.came.push(event.data)
    }
  }

  receive() {
    if (this.came.length > 0) return this.came.shift()
    const ended = this.closed.then(() => { throw new Error('the host closed') })
    return Promise.race([new Promise((resolve) => this.waiting.push(resolve)), ended])
  }

  // Sends a frame, and shows what comes before the answer to a mark.
  async step(frame) {
    if (frame !== null) {
      out.push('> ' + frame)
      const text = frame.replace(/^binary /, '')
      this.socket.send(text === frame ? text : new TextEncoder().encode(text))
    }
    const mark = 'mark ' + ++marks
    this.socket.send(JSON.stringify({ action: 'user_message', message: 'text ' + mark }))
    for (;;) {
      const got = await this.receive()
      const payload = JSON.parse(got)
      if (payload.message === mark && !payload.history) return
      if (!/^(text )?mark \d+$/.test(payload.message)) out.push('< ' + got)
    }
  }
}

for (const [n, frames] of plan.connections.entries()) {
  out.push('connect')
  const client = new Client(plan.url)
  await client.open
  for (const frame of n === 0 ? [null, ...frames] : frames) await client.step(frame)
  client.socket.close()
  await client.closed
}
console.log(out.join('\n'))
