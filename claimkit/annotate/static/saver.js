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
    this.refusal = "";
  }

  get busy() {
    return this.open > 0;
  }

  // `make` gives the body, when its turn has come; null cancels. Resolves with the answer, or null when it was not made. What is
  // `noted` is told to `onAnswer` beside the answer.
  post(path, make, noted) {
    this.open += 1;
    this.onState("saving");
    const result = this.last.then(() => this.deliver(path, make, noted)).finally(() => { this.open -= 1; });
    this.last = result.catch(() => null);
    return result;
  }

  // The actions may be a function: it is called when all earlier changes are made, so that quick keys add up.
  change(label, actions, noted) {
    return this.post("/api/change", async () => {
      const made = typeof actions === "function" ? await actions() : actions;
      return made && made.length ? { actions: made, label } : null;
    }, noted);
  }

  async deliver(path, make, noted) {
    const made = await make();
    const answer = made && await this.insist(path, { ...made, request: newName() });
    this.settled();
    if (!answer) return null;
    try {
      this.onAnswer(answer, noted);
    } catch (error) {
      reportError(error); // it is on disk all the same, and what follows it is sent
    }
    return answer;
  }

  // Sends until there is an answer; null when the change is refused.
  async insist(path, body) {
    for (;;) {
      try {
        const answer = await send(path, { ...body, revision: this.revision() });
        this.refusal = "";
        return answer;
      } catch (error) {
        if (!(error instanceof Refused)) {
          this.onState("waiting", "claimkit does not answer. Start it again in the terminal; this change is sent as soon as it does.");
        } else if (error.status === 507) {
          this.onState("waiting", `${error.message}. Make room; this change is sent again until it is on disk.`);
        } else if (error.status === 403) {
          this.onState("waiting", "claimkit was started anew. Open the address that it has printed; this change was not saved.");
        } else {
          this.refusal = error.message;
          this.onState("refused", error.message);
          if (error.status === 409) await this.onStale(error.message);
          return null;
        }
        await wait(RETRY);
      }
    }
  }

  // A refusal stays on the screen until a change is made again, though others may be cancelled meanwhile.
  settled() {
    if (this.refusal) this.onState("refused", this.refusal);
    else if (this.open <= 1) this.onState("saved");
  }
}
