// Programs in P4: their tables, what entries hold, caches; and what is carried below the data plane.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { type Cache, type Entry, type Offload, type Program, type ProgramTable, total, usePoll } from "./api";
import { between, bytes, exact, number, percent, seconds, short, span } from "./format";
import { Dialog, Fault, Panel, Table, Tile } from "./parts";

export function Programs(props: { version: number }): JSX.Element {
  const programs = usePoll("/v1/programs", {}, 2000, props.version);
  const caches = usePoll("/v1/caches", {}, 2000, props.version);
  const all = programs.data?.programs ?? [];
  return (
    <>
      <Fault error={programs.error ?? caches.error} />
      {all.map((program) => <OneProgram key={program.node} version={props.version} program={program} />)}
      {(caches.data?.caches ?? []).length > 0 && <Caches caches={caches.data!.caches!} />}
    </>
  );
}

function OneProgram(props: { version: number; program: Program }): JSX.Element {
  const program = usePoll("/v1/program", { name: props.program.node }, 2000, props.version);
  const [open, setOpen] = useState<ProgramTable>();
  return (
    <Panel title={"Program " + props.program.name} aside={<span class="aside">node {props.program.node}{props.program.loaded ? ", loaded while it runs" : ""}, timers as {props.program.rules}</span>}>
      <Fault error={program.error} />
      <Table
        label={"Tables of " + props.program.name}
        empty={program.data ? "It has no tables." : ""}
        rows={program.data?.tables ?? []}
        keyOf={(t) => t.name}
        onOpen={setOpen}
        columns={[
          { name: "Table", cell: (t) => <button class="link" onClick={() => setOpen(t)}>{t.name}</button> },
          { name: "Keys", narrow: false, cell: (t) => (t.keys ?? []).map((k) => k.name + " " + k.match).join(", ") },
          { name: "Entries", number: true, cell: (t) => short(t.entries), title: (t) => exact(t.entries) + " of " + exact(t.size) + " in each worker" },
          { name: "Hits", number: true, cell: (t) => short(t.hits), title: (t) => exact(t.hits) },
          { name: "Misses", number: true, cell: (t) => short(t.misses), title: (t) => exact(t.misses) },
          { name: "Learns", narrow: false, cell: (t) => (t.addOnMiss ? "by packets" : "") },
          { name: "State of each entry", narrow: false, cell: (t) => (t.direct ?? []).join(", ") },
        ]}
      />
      {open && <Entries version={props.version} program={props.program.node} table={open} onClose={() => setOpen(undefined)} />}
    </Panel>
  );
}

const PAGE = 50;

/** Entries of a table: what each matches and does, and its registers, by which it is a state machine. */
function Entries(props: { version: number; program: string; table: ProgramTable; onClose: () => void }): JSX.Element {
  const list = usePoll("/v1/entries", { program: props.program, table: props.table.name, pageSize: PAGE }, 2000, props.version);
  const entries = list.data?.entries ?? [];
  const registers = [...new Set(entries.flatMap((e) => Object.keys(e.registers ?? {})))];
  const counters = [...new Set(entries.flatMap((e) => Object.keys(e.counters ?? {})))];
  return (
    <Dialog title={"Entries of " + props.table.name} onClose={props.onClose}>
      <Fault error={list.error} />
      {list.data?.nextPageToken && <p class="note">The first {PAGE} of {exact(props.table.entries)}.</p>}
      <Table
        label={"Entries of " + props.table.name}
        empty={list.data ? "No entries." : ""}
        rows={entries}
        keyOf={(e) => matches(e)}
        columns={[
          { name: "Matches", cell: matches },
          { name: "Does", cell: does },
          ...registers.map((name) => ({ name, number: true, cell: (e: Entry) => e.registers?.[name] ?? "" })),
          ...counters.map((name) => ({ name, number: true, cell: (e: Entry) => short(e.counters?.[name]?.packets), title: (e: Entry) => exact(e.counters?.[name]?.bytes) + " octets" })),
          { name: "Ends in", number: true, cell: (e) => (e.aging ? span(Math.max(0, (seconds(e.aging) ?? 0) - between(e.lastUsed, e.read))) : "") },
        ]}
      />
    </Dialog>
  );
}

function matches(entry: Entry): string {
  return (entry.name.matches ?? []).map((m) => m.key + " " + m.value).join(", ") + (entry.name.priority ? ", priority " + entry.name.priority : "");
}

function does(entry: Entry): string {
  const last = entry.action?.action.split("/").at(-1) ?? "";
  const given = (entry.action?.arguments ?? []).map((a) => a.name + " " + a.value).join(", ");
  return given === "" ? last : last + " (" + given + ")";
}

function Caches(props: { caches: Cache[] }): JSX.Element {
  const hits = (c: Cache) => number(c.figures?.hitPackets);
  const all = (c: Cache) => hits(c) + number(c.figures?.missPackets);
  return (
    <Panel title="Caches">
      <Table
        label="Caches"
        empty=""
        rows={props.caches}
        keyOf={(c) => c.node + c.table}
        columns={[
          { name: "Table", cell: (c) => c.program + ": " + c.table },
          { name: "Keeps by", cell: (c) => c.policy },
          { name: "Entries", number: true, cell: (c) => short(c.figures?.entries), title: (c) => exact(c.figures?.entries) },
          { name: "Hits", number: true, cell: (c) => percent(hits(c), all(c)), title: (c) => exact(hits(c)) + " of " + exact(all(c)) + " packets" },
          { name: "Admitted", number: true, cell: (c) => short(c.figures?.admitted) },
          { name: "Rejected", number: true, cell: (c) => short(c.figures?.rejected) },
          { name: "Evicted", number: true, cell: (c) => short(c.figures?.evicted) },
        ]}
      />
    </Panel>
  );
}

export function OffloadView(props: { version: number }): JSX.Element {
  const polled = usePoll("/v1/offload", {}, 1000, props.version);
  const o: Offload = polled.data ?? {};
  return (
    <>
      <Fault error={polled.error} />
      <Panel title="Offload" aside={<span class="aside">{o.driver}: {(o.ports ?? []).map((p) => p.name + " " + p.state).join(", ")}</span>}>
        <dl class="tiles">
          <Tile name="Flows carried" value={short(o.flows)} title={exact(o.flows)} note={short(o.directions) + " directions, room for " + short(o.room)} />
          <Tile name="Packets carried" value={short(o.packets)} title={exact(o.packets)} note={bytes(o.bytes)} />
          <Tile name="Changes" value={short(o.updatesPerSecond) + "/s"} note={short(o.added) + " in, " + short(o.removed) + " out"} />
          <Tile name="Under way" value={short(o.learning)} note="to be carried, or back" />
        </dl>
        <div class="columns">
          <Reasons title="Stayed in software" counts={o.refused} />
          <Reasons title="Taken out" counts={o.removedBy} />
          <Reasons title="Left to the data plane" counts={o.passedUp} />
        </div>
      </Panel>
    </>
  );
}

function Reasons(props: { title: string; counts: Record<string, string> | undefined }): JSX.Element {
  const rows = Object.entries(props.counts ?? {}).filter(([, n]) => number(n) > 0);
  return (
    <div>
      <h3>{props.title}</h3>
      <Table
        label={props.title}
        empty="None."
        rows={rows}
        keyOf={([reason]) => reason}
        columns={[
          { name: "Reason", cell: ([reason]) => reason },
          { name: "Count", number: true, cell: ([, n]) => short(n), title: ([, n]) => exact(n) + ", " + percent(number(n), total(props.counts)) },
        ]}
      />
    </div>
  );
}
