// What happens to flows, as it happens.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, type FlowEvent, stream, type Watched } from "./api";
import { clock, end, exact, keyText, protocol, short } from "./format";
import { Lines } from "./lines";
import { Fault, FilterBox, Panel, Table } from "./parts";

/** Events that are shown, the longest line of the stream, and how much of it is read at a time: what comes faster the daemon leaves out, and says so. */
const SHOWN = 200, LONGEST = 16 << 20, READ = 256 << 10, EVERY_MILLIS = 250, AGAIN_MILLIS = 2000;

interface State {
  events: FlowEvent[];
  told: number;
  missed: number;
  error?: ApiError;
}

const NOTHING: State = { events: [], told: 0, missed: 0 };
const WHY: Record<string, string> = { SLOW: "came faster than this page reads", TOO_OLD: "are too long ago", OTHER_RUN: "are of another run", OVERRUN: "came faster than the daemon could take them down" };

export function Events(props: { version: number; filter: string; onFilter: (filter: string) => void; open: (key: string) => void }): JSX.Element {
  const [state, setState] = useState<State>(NOTHING);
  const [paused, setPaused] = useState(false);
  const [why, setWhy] = useState("");
  const kept = useRef<State>(NOTHING);
  useEffect(() => {
    if (paused) return;
    const abort = new AbortController();
    const wait = (millis: number) => new Promise((done) => setTimeout(done, millis));
    const take = (line: string) => {
      const told: Watched & { error?: { message: string } } = JSON.parse(line);
      if (told.error) throw new ApiError(500, "the stream was ended: " + told.error.message);
      const events = told.events ?? [];
      if (told.gap) setWhy(WHY[told.gap.reason ?? ""] ?? "");
      kept.current = {
        events: events.length >= SHOWN ? events.slice(-SHOWN) : [...kept.current.events, ...events].slice(-SHOWN),
        told: kept.current.told + events.length,
        missed: kept.current.missed + Number(told.gap?.missed ?? 0),
      };
    };
    const follow = async () => {
      while (!abort.signal.aborted) {
        try {
          const reader = await stream("/v1/flows:watch", { filter: props.filter }, abort.signal);
          const lines = new Lines(LONGEST), decoder = new TextDecoder();
          setState({ ...kept.current });
          let read = 0;
          try {
            while (true) {
              const { done, value } = await reader.read();
              if (done) break;
              lines.take(decoder.decode(value, { stream: true })).forEach(take);
              read += value.length;
              setState(kept.current);
              // a stream that brings more than can be shown is read in portions, and waits at the daemon
              if (read >= READ) {
                await wait(EVERY_MILLIS);
                read = 0;
              }
            }
          } finally {
            void reader.cancel().catch(() => {}); // what was not read to its end would wait at the daemon
          }
        } catch (e) {
          if (abort.signal.aborted) return;
          const error = e instanceof ApiError ? e : new ApiError(0, "the stream was cut; it is tried again");
          setState({ ...kept.current, error });
          if (error.status === 400) return;
        }
        await wait(AGAIN_MILLIS);
      }
    };
    void follow();
    return () => abort.abort();
  }, [props.filter, props.version, paused]);
  return (
    <Panel
      title="Events"
      aside={
        <span class="aside">
          <span id="told">{short(state.told)} told</span>
          {state.missed > 0 && <span class="alarm" title={exact(state.missed)}>, {short(state.missed)} left out: they {why}</span>}
          <button aria-pressed={paused} onClick={() => setPaused(!paused)}>{paused ? "Go on" : "Pause"}</button>
        </span>
      }
    >
      <FilterBox value={props.filter} onChange={props.onFilter} error={state.error} />
      <Fault error={state.error} />
      <Table
        label="Events"
        empty={paused ? "Paused." : "Nothing has happened since this was opened."}
        rows={state.events.slice().reverse()}
        keyOf={(e) => e.sequence}
        onOpen={(e) => props.open(keyText(e.flow.key))}
        columns={[
          { name: "Time", cell: (e) => clock(e.time) },
          { name: "What", cell: (e) => <span class={"event " + e.kind}>{what(e)}</span> },
          { name: "By", narrow: false, cell: (e) => ({ TIMER: "timer", CONTROL: "call" })[e.author ?? ""] ?? "packet" },
          { name: "Protocol", narrow: false, cell: (e) => protocol(e.flow.key.protocol) },
          { name: "Initiator", cell: (e) => <button class="link" onClick={() => props.open(keyText(e.flow.key))}>{end(e.flow.key, "source")}</button> },
          { name: "Responder", cell: (e) => end(e.flow.key, "destination") },
        ]}
      />
    </Panel>
  );
}

function what(event: FlowEvent): string {
  const word = event.kind.toLowerCase().replace("_", " ");
  if (event.kind === "ENDED") return word + ", " + (event.flow.endReason ?? "").toLowerCase();
  return event.kind === "STATE_CHANGED" ? "is " + (event.flow.tcpState ?? "").replace("_", "-") : word;
}
