// Flows that a filter chooses, in any order, and one of them with all that is known of it and what can be done with it.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { type ApiError, type Flow, type Role, send, usePoll } from "./api";
import { between, bytes, clock, end, exact, flags, hex, keyText, number, protocol, seconds, short, span } from "./format";
import { Dialog, Fault, FilterBox, Panel, Table } from "./parts";

const PAGE = 100;

export function bytesOf(flow: Flow): number {
  return number(flow.forward?.bytes) + number(flow.reverse?.bytes);
}

export function packetsOf(flow: Flow): number {
  return number(flow.forward?.packets) + number(flow.reverse?.packets);
}

export function Flows(props: { version: number; filter: string; onFilter: (filter: string) => void; open: (key: string) => void }): JSX.Element {
  const [order, setOrder] = useState("bytes desc");
  const list = usePoll("/v1/flows", { filter: props.filter, orderBy: order, pageSize: PAGE }, 2000, props.version);
  const rows = list.data?.flows ?? [];
  return (
    <Panel title="Flows" aside={<span class="aside">{list.data?.nextPageToken ? "the first " + PAGE : exact(rows.length)}</span>}>
      <FilterBox value={props.filter} onChange={props.onFilter} error={list.error} />
      <Fault error={list.error} />
      <Table
        label="Flows"
        empty={props.filter === "" ? "No flows yet." : "No flow matches the filter."}
        rows={rows}
        keyOf={(flow) => flow.flowId ?? ""}
        order={order}
        onOrder={setOrder}
        onOpen={(flow) => props.open(keyText(flow.key))}
        columns={[
          { name: "Protocol", order: "protocol", cell: (f) => protocol(f.key.protocol) },
          {
            name: "Initiator",
            order: "src_addr",
            cell: (f) => (
              <button class="link" onClick={() => props.open(keyText(f.key))} title={"All of " + keyText(f.key)}>{end(f.key, "source")}</button>
            ),
          },
          { name: "Responder", order: "dst_addr", cell: (f) => end(f.key, "destination") },
          { name: "State", order: "tcp_state", narrow: false, cell: (f) => (f.tcpState ?? "").replace("_", "-") },
          { name: "Packets", order: "packets", number: true, cell: (f) => short(packetsOf(f)), title: (f) => exact(packetsOf(f)) },
          { name: "Octets", order: "bytes", number: true, cell: (f) => bytes(bytesOf(f)), title: (f) => exact(bytesOf(f)) },
          { name: "Duration", order: "duration", number: true, narrow: false, cell: (f) => span(between(f.startTime, f.endTime)) },
          { name: "Carried by", order: "offloaded", narrow: false, cell: (f) => (f.offloaded ? "offload" : "software") },
        ]}
      />
    </Panel>
  );
}

export function FlowDetail(props: { version: number; flowKey: string; role: Role; onClose: () => void }): JSX.Element {
  const polled = usePoll("/v1/flow", { "key.text": props.flowKey }, 1000, props.version);
  const [error, setError] = useState<ApiError>();
  const [sure, setSure] = useState(false);
  const gone = polled.error?.status === 404;
  const flow = polled.data?.flow;
  const may = props.role === "OPERATE" || props.role === "ADMINISTER";
  const act = async (method: "POST" | "PATCH", path: string, body: unknown) => {
    setSure(false);
    try {
      await send(method, path, body);
      setError(undefined);
    } catch (e) {
      setError(e as ApiError);
    }
    polled.again();
  };
  return (
    <Dialog title={props.flowKey} onClose={props.onClose}>
      {gone ? <p class="note">{flow ? "The flow has ended; this is what was last known of it." : "There is no such flow (any more)."}</p> : <Fault error={polled.error} />}
      <Fault error={error} />
      {flow && (
        <>
          <dl class="facts">
            <dt>State</dt><dd>{(flow.tcpState ?? "none").replace("_", "-")}</dd>
            <dt>Lifetime</dt><dd>{flow.lifetime?.never ? "until it is closed or deleted" : span(seconds(flow.lifetime?.idle))}</dd>
            <dt>Remaining</dt><dd id="remaining">{gone ? "ended" : flow.lifetime?.never ? "no end" : span(seconds(polled.data?.remaining))}</dd>
            <dt>Began</dt><dd>{clock(flow.startTime)}</dd>
            <dt>Last packet</dt><dd>{clock(flow.endTime)}, after {span(between(flow.startTime, flow.endTime))}</dd>
            <dt>Carried by</dt><dd id="carried">{flow.offloaded ? "offload" : "software"}</dd>
            <dt>Context</dt><dd><code>{hex(flow.infos)}</code>, ctx_id {flow.ctxId ?? 0}</dd>
            <dt>Number</dt><dd>{flow.flowId}</dd>
          </dl>
          <div class="scroll">
            <table aria-label="Directions">
              <thead><tr><th>Direction</th><th class="number">Packets</th><th class="number">Octets</th><th class="number">On the wire</th><th>TCP flags</th><th>Last packet</th></tr></thead>
              <tbody>
                {([["Initiator sent", flow.forward], ["Responder sent", flow.reverse]] as const).map(([name, d]) => (
                  <tr>
                    <td>{name}</td>
                    <td class="number">{exact(d?.packets)}</td>
                    <td class="number">{exact(d?.bytes)}</td>
                    <td class="number">{exact(d?.frameBytes)}</td>
                    <td>{flags(d?.tcpFlags) || "-"}</td>
                    <td>{clock(d?.lastTime)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {may && !gone && (
            <div class="actions">
              <button onClick={() => act("PATCH", "/v1/flow", { change: { key: { text: props.flowKey }, offloaded: !flow.offloaded } })}>
                {flow.offloaded ? "Back to software" : "Offload"}
              </button>
              {sure ? (
                <>
                  <button class="danger" onClick={() => act("POST", "/v1/flow:delete", { key: { text: props.flowKey } })}>Delete this flow now</button>
                  <button onClick={() => setSure(false)}>Keep it</button>
                </>
              ) : (
                <button class="danger" onClick={() => setSure(true)}>Delete…</button>
              )}
            </div>
          )}
        </>
      )}
    </Dialog>
  );
}
