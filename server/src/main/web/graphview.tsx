// The packet graph: stages, and on the arcs between them what flows there now.
import type { JSX } from "preact";
import { type Node, type Port, total, usePoll } from "./api";
import { bits, exact, short } from "./format";
import { BOX, type Box, type Flowing, flowing, layout, OUTPUT } from "./graph";
import { Fault, Panel, Table } from "./parts";

export function Graph(props: { version: number }): JSX.Element {
  const nodes = usePoll("/v1/nodes", {}, 1000, props.version);
  const ports = usePoll("/v1/ports", {}, 1000, props.version);
  const chains = usePoll("/v1/chains", {}, 5000, props.version);
  const allNodes = nodes.data?.nodes ?? [], allPorts = ports.data?.ports ?? [];
  return (
    <>
      <Fault error={nodes.error ?? ports.error ?? chains.error} />
      <Panel title="Packet graph" aside={<span class="aside">packets a second; red: dropped</span>}>
        {chains.data && nodes.data && ports.data && <Drawing nodes={allNodes} ports={allPorts} drawn={layout(allNodes.map((n) => n.name), chains.data.chains ?? [], allPorts.map((p) => p.name))} />}
      </Panel>
      <div class="columns">
        <Panel title="Stages">
          <Table
            label="Stages"
            empty="No stages."
            rows={allNodes}
            keyOf={(n) => n.name}
            columns={[
              { name: "Stage", cell: (n) => n.name },
              { name: "Kind", cell: (n) => n.type, narrow: false },
              { name: "Packets", number: true, cell: (n) => short(n.packets), title: (n) => exact(n.packets) },
              { name: "a second", number: true, cell: (n) => short(n.packetRate) },
              { name: "Dropped", number: true, cell: (n) => short(total(n.drops)), title: (n) => reasons(n.drops) },
            ]}
          />
        </Panel>
        <Panel title="Ports">
          <Table
            label="Ports"
            empty="No ports."
            rows={allPorts}
            keyOf={(p) => p.name}
            columns={[
              { name: "Port", cell: (p) => p.name },
              { name: "State", cell: (p) => <span class={p.state === "up" ? "" : "alarm"}>{p.state}</span> },
              { name: "In", number: true, cell: (p) => short(p.rxPackets), title: (p) => exact(p.rxPackets) },
              { name: "rate", number: true, cell: (p) => bits(p.rxByteRate), narrow: false },
              { name: "Out", number: true, cell: (p) => short(p.txPackets), title: (p) => exact(p.txPackets) },
              { name: "rate", number: true, cell: (p) => bits(p.txByteRate), narrow: false },
              { name: "Lost", number: true, cell: (p) => short(total(p.drops)), title: (p) => reasons(p.drops) },
            ]}
          />
        </Panel>
      </div>
    </>
  );
}

function reasons(counts: Record<string, string | number> | undefined): string {
  return Object.entries(counts ?? {})
    .filter(([, n]) => Number(n) > 0)
    .map(([reason, n]) => reason + " " + (typeof n === "number" ? short(n) + "/s" : exact(n)))
    .join(", ");
}

function Drawing(props: { nodes: Node[]; ports: Port[]; drawn: ReturnType<typeof layout> }): JSX.Element {
  const { boxes, arcs, width, height } = props.drawn;
  const node = (name: string) => props.nodes.find((n) => n.name === name);
  const port = (name: string) => props.ports.find((p) => p.name === name);
  const box = (id: string) => boxes.find((b) => b.id === id)!;
  const stages = new Map(props.nodes.map((n) => [n.name, { into: n.packetRate ?? 0, dropped: total(n.dropRates) }]));
  const wires = flowing(arcs, stages, (name) => port(name)?.rxPacketRate ?? 0, (name) => port(name)?.txPacketRate ?? 0);
  const dropped = (b: Box): Record<string, number> => {
    if (b.kind === "in" || b.kind === "out") return {};
    return node(b.name)?.dropRates ?? {};
  };
  const says = boxes
    .filter((b) => b.kind !== "out")
    .map((b) => b.name + " " + short(b.kind === "in" ? port(b.name)?.rxPacketRate : node(b.name)?.packetRate) + "/s")
    .join(", ");
  return (
    <div class="scroll">
      <svg class="graph" viewBox={`0 0 ${width} ${height + 44}`} style={{ minWidth: width * 0.62 + "px", maxWidth: width * 1.25 + "px" }} role="img" aria-label={"Packet graph: " + says}>
        {wires.map((wire) => (
          <Wire from={box(wire.from)} to={box(wire.to)} wire={wire} bottom={height - BOX.margin} />
        ))}
        {boxes.map((b) => {
          const drops = dropped(b), lost = total(drops);
          const n = node(b.name), p = port(b.name);
          const stage = b.kind !== "in" && b.kind !== "out";
          return (
            <g transform={`translate(${b.x} ${b.y})`} class={"stage " + b.kind}>
              <title>{stage ? b.name + ": " + exact(n?.packets) + " packets" : b.name + ": " + (p?.state ?? "")}</title>
              <rect width={BOX.width} height={BOX.height} rx="6" />
              <text class="name" x="10" y="20">{clip(b.name, 18)}</text>
              <text class="kind" x="10" y="36">{stage ? (b.name === OUTPUT || n?.type === b.name ? "built in" : n?.type) : b.kind === "in" ? "port, in" : "port, out"}</text>
              <text class="rate" x="10" y="53">{stage ? short(n?.packetRate) + "/s" : bits(b.kind === "in" ? p?.rxByteRate : p?.txByteRate)}</text>
              {lost > 0 && (
                <g class="drop">
                  <title>{"dropped: " + reasons(drops)}</title>
                  <path d={`M${BOX.width / 2} ${BOX.height}v14`} />
                  <text x={BOX.width / 2 + 6} y={BOX.height + 14}>{short(lost)}/s</text>
                </g>
              )}
            </g>
          );
        })}
      </svg>
    </div>
  );
}

function clip(text: string, length: number): string {
  return text.length > length ? text.slice(0, length - 1) + "…" : text;
}

function Wire(props: { from: Box; to: Box; wire: Flowing; bottom: number }): JSX.Element {
  const { from, to, wire } = props;
  const x1 = from.x + BOX.width, y1 = from.y + BOX.height / 2;
  const x2 = to.x, y2 = to.y + BOX.height / 2;
  const rate = wire.rate ?? 0;
  const thick = rate > 0 ? 1.5 + Math.min(4, Math.log10(1 + rate)) : 1.2;
  const bend = Math.max(24, Math.abs(x2 - x1) / 2);
  // past other nodes: below them
  const below = props.bottom + 34;
  const d = wire.decided
    ? `M${x1 - 30} ${from.y + BOX.height}C${x1} ${below} ${x1 + 20} ${below} ${x1 + 40} ${below}L${x2 - 40} ${below}C${x2 - 20} ${below} ${x2} ${below} ${x2 + 30} ${to.y + BOX.height}`
    : `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  const label = short(rate) + "/s" + (wire.decided ? ", decided before" : "");
  return (
    <g class={"wire" + (rate > 0 ? " live" : "") + (wire.decided ? " decided" : "")}>
      <path d={d} stroke-width={thick} />
      {wire.rate !== undefined && (
        <text x={(x1 + x2) / 2} y={wire.decided ? below - 7 : (y1 + y2) / 2 - 6} text-anchor="middle">{label}</text>
      )}
    </g>
  );
}
