import assert from "node:assert/strict";
import { test } from "node:test";
import { between, bits, bytes, end, exact, flags, hex, keyText, percent, seconds, short, span } from "../../main/web/format";

const cases = <A, B>(name: string, all: [A, B][], f: (a: A) => B) =>
  test(name, () => {
    for (const [given, expected] of all) assert.deepEqual(f(given), expected, JSON.stringify(given));
  });

cases<string | number | undefined, string>("short_anyNumber_hasThreeDigits", [
  [undefined, "0"], ["", "0"], [0, "0"], ["7", "7"], [0.5, "0.50"], [12.34, "12.3"], [123.4, "123"], [999, "999"], [999.6, "1.00k"],
  [1000, "1.00k"], [1234, "1.23k"], [12345, "12.3k"], [999500, "1.00M"], ["1000000", "1.00M"], [1.5e9, "1.50G"], ["18446744073709551615", "18447P"], [NaN, "-"],
], short);

cases<string | number | undefined, string>("exact_anyNumber_hasAllDigits", [
  [undefined, "0"], ["999", "999"], ["1000", "1\u202f000"], ["18446744073709551615", "18\u202f446\u202f744\u202f073\u202f709\u202f551\u202f615"],
], exact);

test("units_areSaid", () => {
  assert.equal(bytes("1500"), "1.50kB");
  assert.equal(bits(125000), "1.00Mbit/s");
});

cases<[number, number], string>("percent_ofAnything_isReadable", [
  [[0, 0], "0%"], [[1, 0], "0%"], [[1, 1000], "0.1%"], [[1, 3], "33%"], [[3, 3], "100%"],
], ([part, whole]) => percent(part, whole));

cases<string | undefined, number | undefined>("seconds_ofADuration_areANumber", [
  ["1.500s", 1.5], ["60s", 60], [undefined, undefined],
], seconds);

cases<number | undefined, string>("span_hasTwoUnits", [
  [undefined, "-"], [0, "0ms"], [0.25, "250ms"], [12.34, "12.3s"], [65, "1m 05s"], [3720, "1h 02m"], [90000, "1d 01h"],
], span);

test("between_wrongOrAbsentTimes_isZero", () => {
  assert.equal(between("2026-11-22T10:00:00Z", "2026-11-22T10:00:01.500Z"), 1.5);
  assert.equal(between(undefined, "2026-11-22T10:00:01Z"), 0);
  assert.equal(between("2026-11-22T10:00:01Z", "2026-11-22T10:00:00Z"), 0);
});

test("hex_ofBase64_isDigits", () => {
  assert.equal(hex("AP8Q"), "00ff10");
  assert.equal(hex(undefined), "");
});

cases<number | undefined, string>("flags_areLetters", [[undefined, ""], [0, ""], [2, "S"], [18, "SA"], [255, "FSRPAUEC"]], flags);

test("keyText_isAsTheApiReadsIt", () => {
  assert.equal(keyText({ protocol: 6, source: "10.0.0.1", sourcePort: 1234, destination: "10.0.0.2", destinationPort: 80 }), "tcp 10.0.0.1:1234 > 10.0.0.2:80");
  assert.equal(keyText({ protocol: 17, source: "fd00::1", destination: "fd00::2", destinationPort: 53, tenant: 7 }), "udp [fd00::1]:0 > [fd00::2]:53 tenant 7");
  assert.equal(keyText({ protocol: 58, source: "fd00::1", destination: "fd00::2" }), "ipv6-icmp fd00::1 > fd00::2");
  assert.equal(keyText({ protocol: 47, source: "10.0.0.1", destination: "10.0.0.2" }), "47 10.0.0.1 > 10.0.0.2");
  assert.equal(end({ protocol: 1, source: "10.0.0.1", sourcePort: 9, destination: "10.0.0.2" }, "source"), "10.0.0.1:9");
});
