// The page: what is shown, to whom, and in which light.
import { render, type JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type Role, usePoll, setToken } from "./api";
import { Events } from "./events";
import { FlowDetail, Flows } from "./flows";
import { Graph } from "./graphview";
import { Overview } from "./overview";
import { Dialog } from "./parts";
import { OffloadView, Programs } from "./programs";
import { clock } from "./format";

type View = "overview" | "flows" | "graph" | "programs" | "offload" | "events";

const NAMES: Record<View, string> = { overview: "Overview", flows: "Flows", graph: "Graph", programs: "Programs", offload: "Offload", events: "Events" };

function fromHash(): View {
  const word = location.hash.slice(1);
  return Object.hasOwn(NAMES, word) ? (word as View) : "overview";
}

function Page(): JSX.Element {
  const [view, setView] = useState<View>(fromHash);
  const [filter, setFilter] = useState("");
  const [flow, setFlow] = useState<string>();
  const [asking, setAsking] = useState(false);
  // counts tokens: whatever is asked is asked anew with another one
  const [version, setVersion] = useState(0);
  const caller = usePoll("/v1/caller", {}, 5000, version);
  const about = usePoll("/v1/version", {}, 5000, version);
  const programs = usePoll("/v1/programs", {}, 5000, version);
  const offload = usePoll("/v1/offload", {}, 5000, version);
  const role: Role = caller.data?.role ?? "ROLE_UNSPECIFIED";
  const known = role !== "ROLE_UNSPECIFIED";
  useEffect(() => {
    const follow = () => setView(fromHash());
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const away = caller.error?.status === 0;
  const views = (Object.keys(NAMES) as View[]).filter(
    (v) => (v !== "programs" || (programs.data?.programs ?? []).length > 0) && (v !== "offload" || !!offload.data?.driver),
  );
  const choose = (next: string) => {
    setFilter(next);
    location.hash = "flows";
  };
  return (
    <>
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); document.getElementById("main")?.focus(); }}>To the figures</a>
      <header class="top">
        <h1><img src="/web/icon.svg" alt="" width="20" height="20" /> Weir</h1>
        <nav aria-label="Views">
          {views.map((v) => (
            <a href={"#" + v} aria-current={v === view ? "page" : undefined}>{NAMES[v]}</a>
          ))}
        </nav>
        <p class="who">
          <span class={away ? "lamp off" : "lamp"} role="status">{away ? "not reached" : "running"}</span>
          {known && <span title={"started " + clock(about.data?.started)}>{about.data?.version ?? ""}</span>}
          <button onClick={() => setAsking(true)} title="Who you are here">{known ? caller.data!.name + ": " + role.toLowerCase() : "token"}</button>
          <Light />
        </p>
      </header>
      <main id="main" tabIndex={-1}>
        {away && <p class="fault" role="alert">{caller.error!.message}</p>}
        {caller.data && !known && !away && (
          <p class="note" id="locked">
            The daemon does not know you. <button onClick={() => setAsking(true)}>Enter a token</button> that its administrator gave you; the role <b>read</b> is enough to look.
          </p>
        )}
        {known && (
          <>
            {view === "overview" && <Overview version={version} choose={choose} />}
            {view === "flows" && <Flows version={version} filter={filter} onFilter={setFilter} open={setFlow} />}
            {view === "graph" && <Graph version={version} />}
            {view === "programs" && <Programs version={version} />}
            {view === "offload" && <OffloadView version={version} />}
            {view === "events" && <Events version={version} filter={filter} onFilter={setFilter} open={setFlow} />}
            {flow !== undefined && <FlowDetail key={flow} version={version} flowKey={flow} role={role} onClose={() => setFlow(undefined)} />}
          </>
        )}
      </main>
      {asking && (
        <TokenDialog
          onClose={() => setAsking(false)}
          onToken={(token) => {
            setToken(token);
            setVersion((n) => n + 1);
            setAsking(false);
          }}
        />
      )}
      <footer><a href="/v1/">API</a> <a href="/v1/openapi.json">OpenAPI</a> <a href="/web/preact-license.txt">with Preact</a></footer>
    </>
  );
}

function TokenDialog(props: { onToken: (token: string) => void; onClose: () => void }): JSX.Element {
  const [text, setText] = useState("");
  return (
    <Dialog title="Token" onClose={props.onClose}>
      <form class="token" onSubmit={(e) => { e.preventDefault(); props.onToken(text.trim()); }}>
        <label for="token">The token, as your administrator gave it to you. It stays in this page's memory, and is gone when you close or reload it.</label>
        <input id="token" type="password" autocomplete="off" value={text} onInput={(e) => setText(e.currentTarget.value)} />
        <button type="submit">Use it</button>
      </form>
    </Dialog>
  );
}

const LIGHTS = ["auto", "light", "dark"];

function remembered(): string {
  try {
    return localStorage.getItem("weir-light") ?? "auto";
  } catch {
    return "auto";
  }
}

/** Light or dark: as the system, or as the reader says. */
function Light(): JSX.Element {
  const [light, setLight] = useState(remembered);
  useEffect(() => {
    document.documentElement.dataset.light = light;
    try {
      localStorage.setItem("weir-light", light);
    } catch {
      // a browser that keeps nothing asks its system again
    }
  }, [light]);
  return (
    <button title="Light or dark" onClick={() => setLight(LIGHTS[(LIGHTS.indexOf(light) + 1) % LIGHTS.length])}>{light}</button>
  );
}

render(<Page />, document.getElementById("page")!);
