// The server. A problem is one exception with what the server said; streams are read with fetch, so that the key
// travels as a header, and go on where they broke.

const KEY = "tramontane.key";
const MOST_WAIT_MILLIS = 10_000;

/** What went wrong; `status` is 0 where no answer came. */
export class Problem extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  get isOffline() {
    return this.status === 0;
  }
}

let askForKey = async () => null;

/** Who asks the person for the key: gets what the server said, gives the key or null. */
export function onKeyNeeded(ask) {
  askForKey = ask;
}

export const key = {
  get: () => sessionStorage.getItem(KEY),
  set: (value) => sessionStorage.setItem(KEY, value),
  clear: () => sessionStorage.removeItem(KEY),
};

/** An answer of the server with a good status. */
export async function request(method, path, body, options = {}) {
  for (;;) {
    const used = key.get();
    const answer = await send(method, path, body, options);
    if (answer.ok) return answer;
    const problem = await problemOf(answer);
    if (problem.status !== 401) throw problem;
    if (key.get() !== used) continue; // another request has asked meanwhile
    key.clear();
    const given = await askForKey(problem);
    if (given === null) throw problem;
    key.set(given);
  }
}

async function send(method, path, body, options) {
  const headers = { ...options.headers };
  if (key.get() !== null) headers.Authorization = `Bearer ${key.get()}`;
  const isRaw = body instanceof Blob;
  if (body !== undefined && !isRaw) headers["Content-Type"] = "application/json";
  try {
    return await fetch(path, {
      method,
      headers,
      body: body === undefined || isRaw ? body : JSON.stringify(body),
      signal: options.signal,
      keepalive: options.keepalive,
    });
  } catch (cause) {
    if (cause.name === "AbortError") throw cause;
    throw new Problem(0, "offline", cause.message);
  }
}

async function problemOf(answer) {
  let told = {};
  try {
    told = await answer.json();
  } catch {
    // no JSON: somebody between us and the server answered
  }
  const error = told.error ?? told;
  const message = typeof error.message === "string" ? error.message : `${answer.status} ${answer.statusText}`;
  return new Problem(answer.status, error.code ?? error.type ?? null, message);
}

const json = (answer) => (answer.status === 204 ? null : answer.json());

export const api = {
  get: async (path, options) => json(await request("GET", path, undefined, options)),
  post: async (path, body, options) => json(await request("POST", path, body ?? {}, options)),
  patch: async (path, body) => json(await request("PATCH", path, body)),
  delete: async (path, options) => json(await request("DELETE", path, undefined, options)),
  file: async (path) => (await request("GET", path)).blob(),
};

/**
 * Follows an answer to its end, over as many connections as that takes.
 *
 * @param {string} id of the answer
 * @param {(name: string, data: Object) => void} onEvent in order, each once
 * @param {(isLost: boolean) => void} onConnection when it broke, and when it holds again
 * @returns true when it ended; false when the server knows it no more, and the conversation holds what there is
 */
export async function follow(id, onEvent, onConnection, signal) {
  let last = 0;
  let failures = 0;
  let isOver = false;
  while (!isOver) {
    try {
      const answer = await request("GET", `/web/answers/${encodeURIComponent(id)}/events?after=${last}`, undefined, { signal });
      for await (const event of events(answer.body)) {
        if (failures > 0) onConnection(false);
        failures = 0;
        if (event.id !== null) last = event.id;
        isOver ||= event.name === "finished" || event.name === "error";
        onEvent(event.name, event.data);
      }
      if (!isOver) failures += 1; // closed in mid-answer
    } catch (problem) {
      if (signal.aborted) throw problem;
      if (isOver) return true;
      if (problem.status === 404) return false;
      if (problem instanceof Problem && problem.status > 0 && problem.status < 500) throw problem;
      failures += 1;
    }
    if (!isOver) {
      if (failures === 1) onConnection(true);
      await pause(Math.min(MOST_WAIT_MILLIS, 250 * 2 ** failures), signal);
    }
  }
  return true;
}

/** The time, or until the network is back. */
function pause(millis, signal) {
  return new Promise((resolve, reject) => {
    const end = (settle) => () => {
      clearTimeout(timer);
      removeEventListener("online", resume);
      signal.removeEventListener("abort", stop);
      settle();
    };
    const resume = end(resolve);
    const stop = end(() => reject(signal.reason));
    const timer = setTimeout(resume, millis);
    addEventListener("online", resume);
    signal.addEventListener("abort", stop);
  });
}

/** Server-sent events (HTML standard, 9.2.6) of a body. */
export async function* events(body) {
  let rest = "";
  for await (const piece of text(body)) {
    const blocks = (rest + piece).split(/\r?\n\r?\n/);
    rest = blocks.pop();
    for (const block of blocks) {
      const event = parsed(block);
      if (event !== null) yield event;
    }
  }
}

async function* text(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function parsed(block) {
  const event = { id: null, name: "message", data: "" };
  for (const line of block.split(/\r?\n/)) {
    const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line);
    if (field === "id") event.id = Number(value);
    else if (field === "event") event.name = value;
    else if (field === "data") event.data += event.data === "" ? value : `\n${value}`;
  }
  if (event.data === "") return null;
  return { ...event, data: JSON.parse(event.data) };
}
