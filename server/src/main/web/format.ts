// Figures as people read them. Numbers of the API are text where they have 64 bits, and absent where they are 0.

export type Count = string | number | undefined;

const FACTORS = ["", "k", "M", "G", "T", "P"];

export function number(value: Count): number {
  return value === undefined || value === "" ? 0 : Number(value);
}

/** Three digits that count, and a decimal factor: 1.23M. Below 1000 whole numbers are whole. */
export function short(value: Count): string {
  let n = number(value);
  if (!Number.isFinite(n)) return "-";
  let factor = 0;
  while (Math.abs(n) >= 999.5 && factor < FACTORS.length - 1) {
    n /= 1000;
    factor++;
  }
  if (factor === 0 && (Number.isInteger(n) || Math.abs(n) >= 100)) return String(Math.round(n));
  const digits = Math.abs(n) >= 99.95 ? 0 : Math.abs(n) >= 9.995 ? 1 : 2;
  return n.toFixed(digits) + FACTORS[factor];
}

/** All digits, in groups of three. Exact also beyond 2^53. */
export function exact(value: Count): string {
  return String(value ?? 0).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

export function bytes(value: Count): string {
  return short(value) + "B";
}

export function bits(bytesASecond: Count): string {
  return short(number(bytesASecond) * 8) + "bit/s";
}

export function percent(part: number, whole: number): string {
  if (!(whole > 0)) return "0%";
  const p = (part / whole) * 100;
  return (p > 0 && p < 10 ? p.toFixed(1) : Math.round(p).toString()) + "%";
}

/** A duration of the API, as `1.500s`, in seconds; undefined where there is none. */
export function seconds(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : Number.parseFloat(duration);
}

/** Two units: 1h 02m, 3m 05s, 12.3s, 250ms. */
export function span(s: number | undefined): string {
  if (s === undefined || !Number.isFinite(s)) return "-";
  if (s < 1) return Math.round(s * 1000) + "ms";
  if (s < 60) return s.toFixed(1) + "s";
  const whole = Math.floor(s);
  const two = (n: number) => String(n).padStart(2, "0");
  if (whole < 3600) return Math.floor(whole / 60) + "m " + two(whole % 60) + "s";
  if (whole < 86400) return Math.floor(whole / 3600) + "h " + two(Math.floor((whole % 3600) / 60)) + "m";
  return Math.floor(whole / 86400) + "d " + two(Math.floor((whole % 86400) / 3600)) + "h";
}

/** The time of day of a time stamp, to the millisecond, where the reader is. */
export function clock(time: string | undefined): string {
  const at = time === undefined ? NaN : Date.parse(time);
  if (Number.isNaN(at)) return "-";
  const d = new Date(at);
  const two = (n: number) => String(n).padStart(2, "0");
  return two(d.getHours()) + ":" + two(d.getMinutes()) + ":" + two(d.getSeconds()) + "." + String(d.getMilliseconds()).padStart(3, "0");
}

/** Seconds between two time stamps. */
export function between(from: string | undefined, to: string | undefined): number {
  const s = (Date.parse(to ?? "") - Date.parse(from ?? "")) / 1000;
  return Number.isFinite(s) ? Math.max(0, s) : 0;
}

/** Octets in base64 as hexadecimal digits. */
export function hex(base64: string | undefined): string {
  return [...atob(base64 ?? "")].map((c) => c.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}

const FLAGS = "FSRPAUEC";

export function flags(octet: number | undefined): string {
  return [...FLAGS].filter((_, i) => ((octet ?? 0) >> i) & 1).join("");
}

const PROTOCOLS: Record<number, string> = { 1: "icmp", 6: "tcp", 17: "udp", 58: "ipv6-icmp" };
const WITH_PORTS = new Set([6, 17, 33, 132, 136]);

export function protocol(n: number | undefined): string {
  return PROTOCOLS[n ?? 0] ?? String(n ?? 0);
}

export interface Key {
  protocol?: number;
  source?: string;
  sourcePort?: number;
  destination?: string;
  destinationPort?: number;
  tenant?: number;
}

/** One end of a flow: an address, and a port where the protocol has one. */
export function end(key: Key, which: "source" | "destination"): string {
  const address = key[which] ?? "";
  const port = (which === "source" ? key.sourcePort : key.destinationPort) ?? 0;
  if (!WITH_PORTS.has(key.protocol ?? 0) && port === 0) return address;
  return (address.includes(":") ? "[" + address + "]" : address) + ":" + port;
}

/** The text of a key that the API reads. */
export function keyText(key: Key): string {
  const tenant = key.tenant ? " tenant " + key.tenant : "";
  return protocol(key.protocol) + " " + end(key, "source") + " > " + end(key, "destination") + tenant;
}
