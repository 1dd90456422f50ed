// Rates over time, what fills the table, who talks most.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type ApiError, get, type Group, type Sample, usePoll } from "./api";
import { window } from "./chart";
import { between, bits, bytes, exact, number, percent, short } from "./format";
import { Bar, Chart, Fault, Panel, Table, Tile } from "./parts";

const MINUTES = 10, SECONDS = 60 * MINUTES;

/** The samples of the last minutes; those that are known already are not asked for again. */
function useHistory(version: number): { samples: Sample[]; error: ApiError | undefined } {
  const [state, setState] = useState<{ samples: Sample[]; error: ApiError | undefined }>({ samples: [], error: undefined });
  const samples = useRef<Sample[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    samples.current = [];
    const ask = async () => {
      if (!document.hidden) {
        try {
          const after = samples.current.at(-1)?.number ?? "0";
          const more = (await get("/v1/history", { after }, abort.signal)).samples ?? [];
          samples.current = [...samples.current, ...more].slice(-SECONDS);
          if (more.length > 0 || samples.current.length === 0) setState({ samples: samples.current, error: undefined });
        } catch (e) {
          if (abort.signal.aborted) return;
          samples.current = []; // another run counts anew
          setState((before) => ({ ...before, error: e as ApiError }));
        }
      }
      if (!abort.signal.aborted) timer = setTimeout(ask, 1000);
    };
    void ask();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [version]);
  return state;
}

const GROUPS = ["HOST", "SERVICE", "PROTOCOL", "STATE"];

export function Overview(props: { version: number; choose: (filter: string) => void }): JSX.Element {
  const history = useHistory(props.version);
  const counters = usePoll("/v1/counters", {}, 1000, props.version);
  const [order, setOrder] = useState("bytes");
  const groups = usePoll("/v1/flows:group", { by: GROUPS, orderBy: order, limit: 10 }, 2000, props.version);
  const now = history.samples.at(-1);
  const shown = window(between(history.samples[0]?.time, now?.time));
  const line = (name: string, kind: string, of: (sample: Sample) => number | undefined) => ({
    name,
    kind,
    points: history.samples.map((sample) => ({ at: Date.parse(sample.time) / 1000, value: of(sample) ?? 0 })),
  });
  const grouping = (by: string) => groups.data?.groupings?.find((g) => g.by === by);
  const flows = number(counters.data?.flows), room = number(counters.data?.maxFlows);
  return (
    <>
      <Fault error={history.error ?? counters.error} />
      <dl class="tiles">
        <Tile name="Packets in" value={short(now?.rxPackets) + "/s"} note={bits(now?.rxBytes)} />
        <Tile name="Packets out" value={short(now?.txPackets) + "/s"} note={bits(now?.txBytes)} />
        <Tile name="Flows" id="flow-count" value={short(flows)} title={String(flows)} note={percent(flows, room) + " of " + short(room)} />
        <Tile name="New flows" value={short(now?.created) + "/s"} note={short(now?.ended) + "/s end"} />
        <Tile name="Dropped" value={short(now?.dropped) + "/s"} alarm={(now?.dropped ?? 0) > 0} note="nodes and ports" />
        <Tile name="Busiest worker" value={percent(now?.load ?? 0, 1)} alarm={(now?.load ?? 0) > 0.9} note="of its time" />
      </dl>
      <div class="columns">
        <Panel title="Packets">
          <Chart
            title="Packets a second"
            seconds={shown}
            format={short}
            lines={[line("in", "a", (s) => s.rxPackets), line("out", "b", (s) => s.txPackets), line("dropped", "c", (s) => s.dropped)]}
          />
          <Chart title="Octets a second" seconds={shown} format={bytes} lines={[line("in", "a", (s) => s.rxBytes), line("out", "b", (s) => s.txBytes)]} />
        </Panel>
        <Panel title="Flows">
          <Chart title="Flows begun and ended a second" seconds={shown} format={short} lines={[line("begun", "a", (s) => s.created), line("ended", "b", (s) => s.ended)]} />
          <Chart title="Flows in the table" seconds={shown} format={short} lines={[line("flows", "a", (s) => number(s.flows))]} />
        </Panel>
      </div>
      <Panel title="What fills the table" aside={<span class="aside">{exact(flows)} of {exact(room)} of each family</span>}>
        <Occupancy name="Protocol" groups={grouping("PROTOCOL")?.groups ?? []} all={number(groups.data?.all?.flows)} choose={props.choose} />
        <Occupancy name="TCP state" groups={grouping("STATE")?.groups ?? []} all={number(groups.data?.all?.flows)} choose={props.choose} />
      </Panel>
      <Fault error={groups.error} />
      <div class="columns">
        <Talkers title="Hosts" id="hosts" grouping={grouping("HOST")} sent order={order} onOrder={setOrder} choose={props.choose} />
        <Talkers title="Services" id="services" grouping={grouping("SERVICE")} order={order} onOrder={setOrder} choose={props.choose} />
      </div>
    </>
  );
}

function Occupancy(props: { name: string; groups: Group[]; all: number; choose: (filter: string) => void }): JSX.Element {
  const parts = [...props.groups]
    .sort((a, b) => number(b.sums?.flows) - number(a.sums?.flows))
    .map((group, i) => ({ name: group.name, filter: group.filter, value: number(group.sums?.flows), kind: "part" + (i % 8) }));
  return (
    <div class="occupancy">
      <h3>{props.name}</h3>
      <Bar label={props.name + ": " + parts.map((p) => p.name + " " + percent(p.value, props.all)).join(", ")} parts={parts} whole={props.all} />
      <ul class="legend">
        {parts.map((part) => (
          <li>
            <button class={"key " + part.kind} onClick={() => props.choose(part.filter)} title={"Flows where " + part.filter}>
              {part.name} <b>{percent(part.value, props.all)}</b>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Talkers(props: {
  title: string;
  id: string;
  grouping: { groups?: Group[]; seen?: string; shortBy?: string } | undefined;
  sent?: boolean;
  order: string;
  onOrder: (order: string) => void;
  choose: (filter: string) => void;
}): JSX.Element {
  const short_ = number(props.grouping?.shortBy);
  return (
    <Panel
      title={"Top " + props.title.toLowerCase()}
      id={props.id}
      aside={<span class="aside">of {exact(props.grouping?.seen)}{short_ > 0 ? ", figures up to " + short(short_) + " too low" : ""}</span>}
    >
      <Table
        label={"Top " + props.title.toLowerCase()}
        empty="No flows."
        rows={props.grouping?.groups ?? []}
        keyOf={(group) => group.name}
        order={props.order + " desc"}
        onOrder={(order) => props.onOrder(order.split(" ")[0])}
        columns={[
          { name: props.title.slice(0, -1), cell: (g) => <button class="link" onClick={() => props.choose(g.filter)} title={"Flows where " + g.filter}>{g.name}</button> },
          { name: "Flows", number: true, order: "flows", cell: (g) => short(g.sums?.flows), title: (g) => exact(g.sums?.flows) },
          { name: "Packets", number: true, order: "packets", cell: (g) => short(g.sums?.packets), title: (g) => exact(g.sums?.packets) },
          { name: "Octets", number: true, order: "bytes", cell: (g) => bytes(g.sums?.bytes), title: (g) => exact(g.sums?.bytes) },
          ...(props.sent
            ? [{ name: "Sent", number: true, narrow: false, cell: (g: Group) => percent(number(g.sentBytes), number(g.sums?.bytes)), title: (g: Group) => exact(g.sentBytes) }]
            : []),
        ]}
      />
    </Panel>
  );
}
