// The daemon's API, as this page uses it: GET and POST with JSON, and streams of lines.
import { useEffect, useState } from "preact/hooks";
import type { Chain } from "./graph";
import type { Count, Key } from "./format";

export type Role = "ROLE_UNSPECIFIED" | "READ" | "OPERATE" | "ADMINISTER";

export interface Direction {
  packets?: string;
  bytes?: string;
  frameBytes?: string;
  tcpFlags?: number;
  firstTime?: string;
  lastTime?: string;
}

export interface Flow {
  flowId?: string;
  key: Key;
  startTime?: string;
  endTime?: string;
  forward?: Direction;
  reverse?: Direction;
  tcpState?: string;
  endReason?: string;
  offloaded?: boolean;
  ctxId?: number;
  infos?: string;
  lifetime?: { idle?: string; never?: boolean };
}

export interface Sample {
  number: string;
  time: string;
  rxPackets?: number;
  rxBytes?: number;
  txPackets?: number;
  txBytes?: number;
  created?: number;
  ended?: number;
  dropped?: number;
  flows?: string;
  load?: number;
}

export interface Counters {
  flowTable?: Record<string, string>;
  malformed?: Record<string, string>;
  flows?: string;
  maxFlows?: string;
  droppedEvents?: string;
}

export interface Sums {
  flows?: string;
  packets?: string;
  bytes?: string;
}

export interface Group {
  name: string;
  filter: string;
  sums?: Sums;
  sentPackets?: string;
  sentBytes?: string;
}

export interface Groups {
  groupings?: { by: string; groups?: Group[]; seen?: string; shortBy?: string }[];
  all?: Sums;
}

export interface Node {
  name: string;
  type: string;
  packets?: string;
  drops?: Record<string, string>;
  counters?: Record<string, string>;
  packetRate?: number;
  dropRates?: Record<string, number>;
}

export interface Port {
  name: string;
  state: string;
  rxPackets?: string;
  rxBytes?: string;
  txPackets?: string;
  txBytes?: string;
  drops?: Record<string, string>;
  rxPacketRate?: number;
  rxByteRate?: number;
  txPacketRate?: number;
  txByteRate?: number;
  dropRate?: number;
}

export interface Program {
  name: string;
  node: string;
  rules?: string;
  loaded?: boolean;
  ports?: string[];
}

export interface ProgramTable {
  name: string;
  keys?: { name: string; match: string; type: string }[];
  actions?: { name: string }[];
  size?: string;
  direct?: string[];
  addOnMiss?: boolean;
  entries?: string;
  hits?: string;
  misses?: string;
}

export interface Entry {
  name: { matches?: { key: string; value: string }[]; priority?: number };
  action?: { action: string; arguments?: { name: string; value: string }[] };
  counters?: Record<string, { packets?: string; bytes?: string }>;
  registers?: Record<string, string>;
  lastUsed?: string;
  read?: string;
  aging?: string;
}

export interface Cache {
  program: string;
  node: string;
  table: string;
  policy: string;
  size?: string;
  figures?: Record<string, string>;
}

export interface Offload {
  driver?: string;
  ports?: { name: string; state: string }[];
  flows?: string;
  directions?: string;
  room?: string;
  learning?: string;
  refused?: Record<string, string>;
  packets?: string;
  bytes?: string;
  added?: string;
  removed?: string;
  updatesPerSecond?: number;
  passedUp?: Record<string, string>;
  removedBy?: Record<string, string>;
}

export interface FlowEvent {
  sequence: string;
  time: string;
  kind: string;
  author?: string;
  flow: Flow;
}

export interface Watched {
  gap?: { missed?: string; reason?: string };
  events?: FlowEvent[];
}

export interface Answers {
  "/v1/version": { version: string; java: string; started: string; run: string };
  "/v1/caller": { name?: string; role?: Role };
  "/v1/history": { samples?: Sample[] };
  "/v1/counters": Counters;
  "/v1/flows": { flows?: Flow[]; nextPageToken?: string };
  "/v1/flow": { flow: Flow; remaining?: string };
  "/v1/flows:group": Groups;
  "/v1/nodes": { nodes?: Node[] };
  "/v1/ports": { ports?: Port[] };
  "/v1/chains": { chains?: Chain[] };
  "/v1/programs": { programs?: Program[] };
  "/v1/program": { program: Program; tables?: ProgramTable[] };
  "/v1/entries": { entries?: Entry[]; nextPageToken?: string };
  "/v1/caches": { caches?: Cache[] };
  "/v1/offload": Offload;
}

export type Query = Record<string, string | number | string[] | undefined>;

/** What a call failed with: what, and the remedy. `status` is 0 where nobody answered. */
export class ApiError extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

let token = "";

/** The token is kept in this variable alone: it is gone with the page. */
export function setToken(next: string): void {
  token = next;
}

function headers(): Record<string, string> {
  return token === "" ? {} : { authorization: "Bearer " + token };
}

function url(path: string, query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(name, String(one));
  }
  const text = parameters.toString();
  return text === "" ? path : path + "?" + text;
}

async function checked(request: Promise<Response>): Promise<Response> {
  let response: Response;
  try {
    response = await request;
  } catch (e) {
    if (e instanceof DOMException && e.name === "AbortError") throw e;
    throw new ApiError(0, "the daemon does not answer; it may have ended: start it again, the page goes on by itself");
  }
  if (response.ok) return response;
  let message = response.statusText;
  try {
    const told = await response.json();
    message = told.message ?? message;
    const field = told.details?.[0]?.fieldViolations?.[0];
    if (field?.description && !message.includes(field.description)) message += ": " + field.description;
  } catch {
    // what is not JSON says no more than its status
  }
  if (response.status === 401) message += "; enter a token with the key at the top";
  if (response.status === 403 && token === "") message += "; ask for a token with that role";
  throw new ApiError(response.status, message);
}

export async function get<P extends keyof Answers>(path: P, query: Query = {}, signal?: AbortSignal): Promise<Answers[P]> {
  const response = await checked(fetch(url(path, query), { headers: headers(), signal }));
  return response.json();
}

export async function send(method: "POST" | "PATCH", path: string, body: unknown): Promise<void> {
  await checked(fetch(path, { method, headers: { ...headers(), "content-type": "application/json" }, body: JSON.stringify(body) }));
}

export async function stream(path: string, query: Query, signal: AbortSignal): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const response = await checked(fetch(url(path, query), { headers: headers(), signal }));
  return response.body!.getReader();
}

export interface Polled<T> {
  data: T | undefined;
  error: ApiError | undefined;
  /** Asks at once. */
  again: () => void;
}

/**
 * Asks again and again while the page is seen: the next time so long after the answer, and four times what the answer took if
 * that is longer. So a page has one such call under way, and a daemon that is slow is asked less often.
 */
export function usePoll<P extends keyof Answers>(path: P, query: Query, everyMillis: number, version: number): Polled<Answers[P]> {
  const [state, setState] = useState<{ data?: Answers[P]; error?: ApiError }>({});
  const [asked, setAsked] = useState(0);
  const text = url(path, query);
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      if (document.hidden) {
        timer = setTimeout(ask, everyMillis);
        return;
      }
      const begun = performance.now();
      try {
        const data = await get(path, query, abort.signal);
        if (!abort.signal.aborted) setState({ data });
      } catch (e) {
        if (!abort.signal.aborted) setState((before) => ({ ...before, error: e as ApiError }));
      }
      if (!abort.signal.aborted) timer = setTimeout(ask, Math.max(everyMillis, 4 * (performance.now() - begun)));
    };
    void ask();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [text, everyMillis, version, asked]);
  return { data: state.data, error: state.error, again: () => setAsked((n) => n + 1) };
}

export function total(counts: Record<string, Count> | undefined): number {
  return Object.values(counts ?? {}).reduce((sum: number, n) => sum + Number(n ?? 0), 0);
}
