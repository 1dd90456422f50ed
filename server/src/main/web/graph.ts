// Where the stages of the packet graph are drawn: in columns, each behind all from which packets come to it.

export interface Chain {
  name: string;
  forward?: string[];
  reverse?: string[];
  unhandled?: string[];
}

export interface Stage {
  name: string;
  kind: "in" | "table" | "node" | "output" | "out";
}

export interface Box extends Stage {
  id: string;
  x: number;
  y: number;
}

export interface Arc {
  from: string;
  to: string;
}

export interface Layout {
  boxes: Box[];
  arcs: Arc[];
  width: number;
  height: number;
}

export const BOX = { width: 150, height: 62, gapX: 62, gapY: 26, margin: 10 };

export const TABLE = "flowtable";
export const OUTPUT = "output";

/**
 * Lays the graph out.
 *
 * @param nodes the names of all stages but ports, in the order of packets
 * @param chains which nodes flows visit
 * @param ports the names of ports, each drawn where packets come in and where they go out
 */
export function layout(nodes: string[], chains: Chain[], ports: string[]): Layout {
  const known = new Set(nodes);
  const arcs = new Map<string, Arc>();
  const arc = (from: string, to: string) => arcs.set(from + "\n" + to, { from, to });
  for (const port of ports) {
    arc("in:" + port, TABLE);
    arc(OUTPUT, "out:" + port);
  }
  for (const chain of chains.length > 0 ? chains : [{ name: "" }]) {
    for (const path of [chain.forward ?? [], chain.reverse ?? [], chain.unhandled ?? []]) {
      let before = TABLE;
      for (const node of path) {
        if (!known.has(node) || node === before) continue;
        arc(before, node);
        before = node;
      }
      arc(before, OUTPUT);
    }
  }
  const columns = columnsOf(nodes, [...arcs.values()]);
  const boxes: Box[] = [];
  const place = (column: number, stages: (Stage & { id: string })[]) => {
    stages.forEach((stage, row) => {
      boxes.push({
        ...stage,
        x: BOX.margin + column * (BOX.width + BOX.gapX),
        y: BOX.margin + row * (BOX.height + BOX.gapY),
      });
    });
  };
  const last = Math.max(1, ...columns.values()) + 1;
  place(0, ports.map((name) => ({ id: "in:" + name, name, kind: "in" })));
  for (let column = 1; column < last; column++) {
    const here = nodes.filter((name) => columns.get(name) === column);
    place(column, here.map((name) => ({ id: name, name, kind: name === TABLE ? "table" : name === OUTPUT ? "output" : "node" })));
  }
  place(last, ports.map((name) => ({ id: "out:" + name, name, kind: "out" })));
  const rows = Math.max(1, ...boxes.map((box) => (box.y - BOX.margin) / (BOX.height + BOX.gapY) + 1));
  const height = 2 * BOX.margin + rows * (BOX.height + BOX.gapY) - BOX.gapY;
  center(boxes, height);
  return { boxes, arcs: [...arcs.values()], width: 2 * BOX.margin + (last + 1) * (BOX.width + BOX.gapX) - BOX.gapX, height };
}

/** The flow table is in column 1; each stage is one behind the last of those from which packets come, the output behind all. */
function columnsOf(nodes: string[], arcs: Arc[]): Map<string, number> {
  const columns = new Map<string, number>();
  for (const name of nodes) columns.set(name, 1);
  // Chains may order the same nodes differently; so many rounds are enough for any that does not go round in circles.
  for (let round = 0; round < nodes.length; round++) {
    for (const { from, to } of arcs) {
      const at = columns.get(from);
      if (at !== undefined && columns.has(to) && to !== TABLE && columns.get(to)! <= at) {
        columns.set(to, Math.min(at + 1, nodes.length));
      }
    }
  }
  const most = Math.max(1, ...nodes.filter((name) => name !== OUTPUT).map((name) => columns.get(name)!));
  if (columns.has(OUTPUT)) columns.set(OUTPUT, most + 1);
  return columns;
}

/** Moves each column to the middle. */
function center(boxes: Box[], height: number): void {
  for (const x of new Set(boxes.map((box) => box.x))) {
    const column = boxes.filter((box) => box.x === x);
    const bottom = Math.max(...column.map((box) => box.y + BOX.height));
    const shift = (height - BOX.margin - bottom) / 2;
    for (const box of column) box.y += shift;
  }
}

/** What flows on an arc: packets a second, undefined where nobody counts them. `decided`: around nodes that have decided these flows before. */
export interface Flowing extends Arc {
  rate: number | undefined;
  decided: boolean;
}

export interface Rate {
  into: number;
  dropped: number;
}

/** Less than this is the inaccuracy of two counters that were read one after the other. */
const NOISE = 0.02;

/**
 * Packets a second on each arc, from those that came into each stage and were dropped there. What leaves a stage by its only arc is known, and so is what is
 * missing where one other arc leads. Packets that came into a stage by no arc went past nodes that have decided their flows: they are drawn from the flow table.
 */
export function flowing(arcs: Arc[], stages: Map<string, Rate>, received: (port: string) => number, sent: (port: string) => number): Flowing[] {
  const all: Flowing[] = [];
  const between = arcs.filter((arc) => stages.has(arc.from) && stages.has(arc.to));
  for (const arc of arcs) {
    if (arc.from.startsWith("in:")) all.push({ ...arc, rate: received(arc.from.slice(3)), decided: false });
    else if (arc.to.startsWith("out:")) all.push({ ...arc, rate: sent(arc.to.slice(4)), decided: false });
  }
  for (const [to, stage] of stages) {
    const leading = between.filter((arc) => arc.to === to);
    const known = new Map<Arc, number>();
    for (const arc of leading) {
      const from = stages.get(arc.from)!;
      if (arc.from !== TABLE && between.filter((other) => other.from === arc.from).length === 1) known.set(arc, Math.max(0, from.into - from.dropped));
    }
    const unknown = leading.filter((arc) => !known.has(arc));
    const rest = Math.max(0, stage.into - [...known.values()].reduce((sum, rate) => sum + rate, 0));
    for (const arc of leading) {
      const rate = known.get(arc) ?? (unknown.length === 1 ? rest : undefined);
      all.push({ ...arc, rate: rate === undefined ? undefined : Math.min(rate, stage.into), decided: false });
    }
    if (unknown.length === 0 && leading.length > 0 && rest > stage.into * NOISE) all.push({ from: TABLE, to, rate: rest, decided: true });
  }
  return all;
}
