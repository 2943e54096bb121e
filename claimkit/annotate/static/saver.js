// Talking to the server: one change after the other, each sent until it is on disk, refused, or overtaken by another tab.

const token = new URLSearchParams(location.search).get("token") ?? "";
const HEADERS = { "X-Claimkit-Token": token };
const RETRY = 1000;

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function ask(path, options = {}) {
  const response = await fetch(path, { ...options, headers: { ...HEADERS, ...options.headers }, credentials: "omit" });
  const type = response.headers.get("content-type") ?? "";
  const body = type.startsWith("application/json") ? await response.json() : { error: (await response.text()).trim() };
  if (!response.ok) throw new Refused(response.status, body.error ?? `status ${response.status}`);
  return body;
}

const send = (path, body, more = {}) =>
  ask(path, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" }, ...more });

export const get = (path, query = {}) => ask(`${path}?${new URLSearchParams(query)}`);

// Sent on leaving the page too; nobody waits for the answer.
export const report = (path, body) => send(path, body, { keepalive: true }).catch(() => {});

const wait = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
const newName = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export class Saver {
  // `revision()` gives the last one seen; `onState(name, words)` is told saved, saving, waiting (not saved yet) and refused.
  constructor({ revision, onState, onAnswer, onStale }) {
    Object.assign(this, { revision, onState, onAnswer, onStale });
    this.last = Promise.resolve();
    this.open = 0;
  }

  get busy() {
    return this.open > 0;
  }

  // `make` gives the body, when its turn has come; null cancels. Resolves with the answer, or null when it was not made.
  post(path, make) {
    this.open += 1;
    this.onState("saving");
    const result = this.last.then(() => this.deliver(path, make)).finally(() => { this.open -= 1; });
    this.last = result.catch(() => null);
    return result;
  }

  // The actions may be a function: it is called when all earlier changes are made, so that quick keys add up.
  change(label, actions) {
    return this.post("/api/change", async () => {
      const made = typeof actions === "function" ? await actions() : actions;
      return made && made.length ? { actions: made, label } : null;
    });
  }

  async deliver(path, make) {
    const made = await make();
    if (!made) {
      this.settled();
      return null;
    }
    const body = { ...made, request: newName() };
    for (;;) {
      try {
        const answer = await send(path, { ...body, revision: this.revision() });
        this.settled();
        this.onAnswer(answer);
        return answer;
      } catch (error) {
        if (!(error instanceof Refused)) {
          this.onState("waiting", "claimkit does not answer. Start it again in the terminal; this change is sent as soon as it does.");
        } else if (error.status === 507) {
          this.onState("waiting", `${error.message}. Make room; this change is sent again until it is on disk.`);
        } else if (error.status === 403) {
          this.onState("waiting", "claimkit was started anew. Open the address that it has printed; this change was not saved.");
        } else if (error.status === 409) {
          this.onState("refused", error.message);
          await this.onStale(error.message);
          return null;
        } else {
          this.onState("refused", error.message);
          return null;
        }
        await wait(RETRY);
      }
    }
  }

  settled() {
    if (this.open <= 1) this.onState("saved");
  }
}
