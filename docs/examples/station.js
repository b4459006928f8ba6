// The station API from a page of the business system, whose origin stands in the terminal's allowed_origins; from Node
// too. EventSource cannot send the token in a header, and an address must not bear it, so the stream is read by fetch.

export class Refused extends Error {
  constructor(code, title, waitSeconds) {
    super(`${title} [${code}]`)
    this.code = code
    this.waitSeconds = waitSeconds
  }
}

export class Station {
  constructor(token, url = 'http://127.0.0.1:7801') {
    this.token = token
    this.url = url
  }

  // One call. Throws Refused, and TypeError where the terminal is away or the browser lets nothing through.
  async call(method, path, body, key) {
    const answer = await this.#fetch(method, path, body, key, AbortSignal.timeout(10_000))
    return answer.json()
  }

  // Starts a visit and gives its id. Tried again under one key, so that it is one visit whatever is lost.
  async start(matter, caseNumber, more = {}, patienceMs = 30_000) {
    const key = newKey()
    const until = Date.now() + patienceMs
    const body = { matter: { code: matter }, case_number: caseNumber, ...more }
    for (;;) {
      try {
        return (await this.call('POST', '/visits', body, key)).visit_id
      } catch (fault) {
        const passing = !(fault instanceof Refused) || ['busy', 'unconfirmed', 'too_many'].includes(fault.code)
        if (!passing || Date.now() > until) throw fault
        await pause(500)
      }
    }
  }

  // Calls `onState` with the state now and each change of it, until `signal` is aborted; a lost line is taken up again.
  async follow(onState, signal) {
    while (!signal.aborted) {
      try {
        const answer = await this.#fetch('GET', '/events', undefined, undefined, signal)
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
        let rest = ''
        for (;;) {
          const { done, value } = await reader.read()
          if (done) break
          const blocks = (rest + value).split('\n\n')
          rest = blocks.pop()
          for (const block of blocks) {
            const data = block.split('\n').find((line) => line.startsWith('data: '))
            if (data) onState(JSON.parse(data.slice(6)))
          }
        }
      } catch (fault) {
        if (fault instanceof Refused && fault.code !== 'too_many_listeners') throw fault
      }
      if (!signal.aborted) await pause(1000)
    }
  }

  async #fetch(method, path, body, key, signal) {
    const headers = { Authorization: `Bearer ${this.token}` }
    if (key) headers['Idempotency-Key'] = key
    if (body !== undefined) headers['Content-Type'] = 'application/json'
    const answer = await fetch(`${this.url}/v1${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
      cache: 'no-store',
    })
    if (answer.ok) return answer
    const problem = await answer.json()
    const code = problem.type.replace('urn:kiosk:problem:', '')
    throw new Refused(code, problem.title, Number(answer.headers.get('Retry-After') ?? 0))
  }
}

// crypto.randomUUID is there in secure contexts only; an intranet page without https must do without.
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds))
}
