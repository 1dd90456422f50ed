import assert from "node:assert/strict";
import { test } from "node:test";
import { ceiling, path, window } from "../../main/web/chart";
import { Lines } from "../../main/web/lines";

test("lines_inAnyPieces_areTheSame", () => {
  const text = '{"a":1}\n\n{"b":"ü"}\n{"c":3}\n';
  for (let size = 1; size <= text.length; size++) {
    const lines = new Lines(100), all: string[] = [];
    for (let at = 0; at < text.length; at += size) all.push(...lines.take(text.slice(at, at + size)));
    assert.deepEqual(all, ['{"a":1}', '{"b":"ü"}', '{"c":3}'], "size " + size);
  }
});

test("lines_withoutEnd_areRefused", () => {
  assert.throws(() => new Lines(10).take("12345678901"), /longer than 10/);
});

test("ceiling_isTheNextReadableNumber", () => {
  for (const [value, expected] of [[0, 1], [-1, 1], [NaN, 1], [0.3, 0.5], [1, 1], [1.1, 2], [3, 5], [7, 10], [20, 20], [21, 50], [999, 1000]]) {
    assert.equal(ceiling(value), expected, String(value));
  }
});

test("path_hasAGapWhereSamplesAreMissing_andLeavesOutWhatIsTooOld", () => {
  const points = [{ at: 0, value: 1 }, { at: 10, value: 0 }, { at: 11, value: 5 }, { at: 20, value: 10 }];
  assert.equal(path(points, 10, 20, 10, 100, 50, 5), "M0.0 50.0L10.0 25.0M100.0 0.0");
  assert.equal(path([], 0, 10, 1, 100, 50, 5), "");
});

test("window_isTheLeastThatHasAll", () => {
  assert.deepEqual([0, 60, 61, 200, 599, 5000].map(window), [60, 60, 120, 300, 600, 600]);
});
