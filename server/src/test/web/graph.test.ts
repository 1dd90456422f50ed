import assert from "node:assert/strict";
import { test } from "node:test";
import { BOX, flowing, layout, type Rate } from "../../main/web/graph";

const NODES = ["flowtable", "guard", "nat", "wires", "output"];

function at(drawn: ReturnType<typeof layout>, id: string): { x: number; y: number } {
  const box = drawn.boxes.find((b) => b.id === id);
  assert.ok(box, id);
  return box;
}

test("layout_oneChain_goesFromLeftToRight", () => {
  const drawn = layout(NODES, [{ name: "default", forward: ["guard", "nat", "wires"], reverse: ["nat", "wires"] }], ["left", "right"]);
  const columns = ["in:left", ...NODES, "out:left"].map((id) => at(drawn, id).x);
  assert.deepEqual(columns, [...columns].sort((a, b) => a - b));
  assert.equal(new Set(columns).size, columns.length);
  assert.ok(drawn.arcs.some((a) => a.from === "flowtable" && a.to === "nat"));
});

test("layout_noChains_leadsFromTheTableToTheOutput", () => {
  const drawn = layout(["flowtable", "output"], [], ["left"]);
  assert.deepEqual(drawn.arcs.map((a) => a.from + ">" + a.to), ["in:left>flowtable", "output>out:left", "flowtable>output"]);
});

test("layout_chainsThatOrderNodesDifferently_ends", () => {
  const drawn = layout(["flowtable", "a", "b", "output"], [{ name: "x", forward: ["a", "b"], reverse: ["b", "a"] }], ["p"]);
  assert.equal(drawn.boxes.length, 6);
});

test("layout_nodesThatAreNotThere_areLeftOut", () => {
  const drawn = layout(["flowtable", "output"], [{ name: "x", forward: ["gone"] }], []);
  assert.deepEqual(drawn.arcs, [{ from: "flowtable", to: "output" }]);
});

test("layout_anyChains_noTwoBoxesOverlap_andAllAreInside", () => {
  let seed = 12345;
  const random = (n: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
  for (let round = 0; round < 200; round++) {
    const names = ["flowtable", ...Array.from({ length: random(8) }, (_, i) => "n" + i), "output"];
    const chain = () => names.slice(1, -1).filter(() => random(2) === 0);
    const chains = Array.from({ length: random(4) }, (_, i) => ({ name: "c" + i, forward: chain(), reverse: chain(), unhandled: chain() }));
    const drawn = layout(names, chains, Array.from({ length: random(5) }, (_, i) => "p" + i));
    for (const a of drawn.boxes) {
      assert.ok(a.x >= 0 && a.y >= 0 && a.x + BOX.width <= drawn.width && a.y + BOX.height <= drawn.height, "round " + round);
      for (const b of drawn.boxes) {
        const apart = a === b || Math.abs(a.x - b.x) >= BOX.width || Math.abs(a.y - b.y) >= BOX.height;
        assert.ok(apart, "round " + round + ": " + a.id + " and " + b.id);
      }
    }
  }
});

const RATES = new Map<string, Rate>([
  ["flowtable", { into: 1890, dropped: 0 }],
  ["guard", { into: 135, dropped: 8 }],
  ["wires", { into: 1880, dropped: 0 }],
  ["output", { into: 1880, dropped: 0 }],
]);

test("flowing_pastANodeThatHasDecided_isDrawnFromTheTable", () => {
  const arcs = layout([...RATES.keys()], [{ name: "x", forward: ["guard", "wires"], reverse: ["guard", "wires"], unhandled: ["guard", "wires"] }], ["left"]).arcs;
  const wires = flowing(arcs, RATES, () => 1890, () => 1880);
  const rate = (from: string, to: string) => wires.find((w) => w.from === from && w.to === to);
  assert.equal(rate("flowtable", "guard")?.rate, 135);
  assert.equal(rate("guard", "wires")?.rate, 127);
  assert.deepEqual(rate("flowtable", "wires"), { from: "flowtable", to: "wires", rate: 1753, decided: true });
  assert.equal(rate("wires", "output")?.rate, 1880);
  assert.equal(rate("in:left", "flowtable")?.rate, 1890);
  assert.equal(rate("output", "out:left")?.rate, 1880);
});

test("flowing_whereTwoUnknownArcsLead_isNotGuessed", () => {
  const stages = new Map<string, Rate>(["flowtable", "a", "b", "output"].map((name) => [name, { into: 100, dropped: 0 }]));
  const arcs = [{ from: "flowtable", to: "a" }, { from: "flowtable", to: "b" }, { from: "a", to: "b" }, { from: "a", to: "output" }, { from: "b", to: "output" }];
  const wires = flowing(arcs, stages, () => 0, () => 0);
  assert.equal(wires.find((w) => w.from === "a" && w.to === "b")?.rate, undefined);
  assert.equal(wires.find((w) => w.from === "b" && w.to === "output")?.rate, 100);
  assert.equal(wires.find((w) => w.from === "a" && w.to === "output")?.rate, 0);
});

test("flowing_anyRates_isNeverMoreThanComesIn", () => {
  let seed = 99;
  const random = (n: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
  for (let round = 0; round < 200; round++) {
    const names = ["flowtable", ...Array.from({ length: random(6) }, (_, i) => "n" + i), "output"];
    const stages = new Map<string, Rate>(names.map((name) => [name, { into: random(1000), dropped: random(10) }]));
    const chains = Array.from({ length: random(3) }, (_, i) => ({ name: "c" + i, forward: names.slice(1, -1).filter(() => random(2) === 0) }));
    for (const wire of flowing(layout(names, chains, []).arcs, stages, () => 0, () => 0)) {
      const rate = wire.rate ?? 0;
      assert.ok(rate >= 0 && rate <= stages.get(wire.to)!.into, "round " + round);
    }
  }
});
