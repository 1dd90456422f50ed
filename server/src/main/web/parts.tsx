// Pieces that several views share.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ApiError } from "./api";
import { ceiling, path, type Point } from "./chart";

export function Panel(props: { title: string; aside?: ComponentChildren; children: ComponentChildren; id?: string }): JSX.Element {
  return (
    <section class="panel" aria-label={props.title} id={props.id}>
      <header>
        <h2>{props.title}</h2>
        {props.aside}
      </header>
      {props.children}
    </section>
  );
}

export function Fault(props: { error: ApiError | undefined }): JSX.Element | null {
  return props.error === undefined ? null : <p class="fault" role="alert">{props.error.message}</p>;
}

export function Tile(props: { name: string; value: string; note?: string; title?: string; id?: string; alarm?: boolean }): JSX.Element {
  return (
    <div class={props.alarm ? "tile alarm" : "tile"} title={props.title}>
      <dt>{props.name}</dt>
      <dd id={props.id} data-value={props.title}>{props.value}</dd>
      {props.note && <small>{props.note}</small>}
    </div>
  );
}

export interface Column<T> {
  name: string;
  /** What the API sorts by; absent where it does not. */
  order?: string;
  number?: boolean;
  cell: (row: T) => ComponentChildren;
  title?: (row: T) => string;
  narrow?: boolean;
}

/** A table whose heads sort, by what the API offers. */
export function Table<T>(props: {
  label: string;
  columns: Column<T>[];
  rows: T[];
  keyOf: (row: T) => string;
  order?: string;
  onOrder?: (order: string) => void;
  onOpen?: (row: T) => void;
  empty: string;
}): JSX.Element {
  const [column, direction] = (props.order ?? "").split(" ");
  return (
    <div class="scroll">
      <table aria-label={props.label}>
        <thead>
          <tr>
            {props.columns.map((c) => {
              const sorted = c.order !== undefined && c.order === column;
              const kind = (c.number ? "number" : "") + (c.narrow === false ? " wide" : "");
              return (
                <th class={kind} aria-sort={sorted ? (direction === "desc" ? "descending" : "ascending") : undefined}>
                  {c.order && props.onOrder ? (
                    <button onClick={() => props.onOrder!(c.order + (sorted && direction === "desc" ? "" : " desc"))}>
                      {c.name}
                      <span aria-hidden="true">{sorted ? (direction === "desc" ? " ▾" : " ▴") : ""}</span>
                    </button>
                  ) : (
                    c.name
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr key={props.keyOf(row)} class={props.onOpen ? "opens" : ""} onClick={props.onOpen && (() => props.onOpen!(row))}>
              {props.columns.map((c) => (
                <td class={(c.number ? "number" : "") + (c.narrow === false ? " wide" : "")} title={c.title?.(row)}>
                  {c.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {props.rows.length === 0 && <p class="empty">{props.empty}</p>}
    </div>
  );
}

export interface Line {
  name: string;
  kind: string;
  points: Point[];
}

/** Lines over the last minutes, with what they are at the end in words. */
export function Chart(props: { title: string; lines: Line[]; seconds: number; format: (value: number) => string }): JSX.Element {
  const width = 600, height = 120;
  const all = props.lines.flatMap((line) => line.points);
  const end = all.reduce((most, point) => Math.max(most, point.at), 0);
  const begin = end - props.seconds;
  const top = ceiling(all.reduce((most, point) => (point.at >= begin ? Math.max(most, point.value) : most), 0));
  const latest = (line: Line) => props.format(line.points.at(-1)?.value ?? 0);
  const label = props.title + ": " + props.lines.map((line) => line.name + " " + latest(line)).join(", ");
  return (
    <figure class="chart">
      <figcaption>
        {props.title}
        <span class="legend">
          {props.lines.map((line) => (
            <span class={"key " + line.kind}>{line.name} <b>{latest(line)}</b></span>
          ))}
        </span>
      </figcaption>
      <div class="plot">
        <span class="top">{props.format(top)}</span>
        <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
          <line class="grid" x1="0" x2={width} y1={height / 2} y2={height / 2} />
          <line class="grid" x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} />
          {props.lines.map((line) => (
            <path class={"line " + line.kind} d={path(line.points, begin, end, top, width, height, 5)} />
          ))}
        </svg>
        <span class="from">{Math.round(props.seconds / 60)} min ago</span>
        <span class="to">now</span>
      </div>
    </figure>
  );
}

/** What fills something: parts of a whole, the rest free. */
export function Bar(props: { label: string; parts: { name: string; value: number; kind: string }[]; whole: number }): JSX.Element {
  return (
    <div class="bar" role="img" aria-label={props.label}>
      {props.parts.map((part) => (
        <span class={part.kind} title={part.name} style={{ width: (100 * part.value) / Math.max(props.whole, 1) + "%" }} />
      ))}
    </div>
  );
}

/** A filter of the API: in force when the reader says so. */
export function FilterBox(props: { value: string; onChange: (filter: string) => void; error: ApiError | undefined }): JSX.Element {
  const [text, setText] = useState(props.value);
  useEffect(() => setText(props.value), [props.value]);
  return (
    <form
      class="filter"
      role="search"
      onSubmit={(e) => {
        e.preventDefault();
        props.onChange(text.trim());
      }}
    >
      <label for="filter">Filter</label>
      <input
        id="filter"
        value={text}
        spellcheck={false}
        autocomplete="off"
        placeholder="proto == tcp && bytes > 1M"
        aria-invalid={props.error !== undefined && props.error.status === 400}
        onInput={(e) => setText(e.currentTarget.value)}
      />
      <button type="submit">Apply</button>
      {props.value !== "" && <button type="button" onClick={() => props.onChange("")}>Clear</button>}
    </form>
  );
}

/** A dialog of the browser's own: keyboard, focus and Escape are its. */
export function Dialog(props: { title: string; onClose: () => void; children: ComponentChildren }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} aria-label={props.title} onClose={props.onClose} onClick={(e) => e.target === dialog.current && dialog.current?.close()}>
      <header>
        <h2>{props.title}</h2>
        <button onClick={() => dialog.current?.close()}>Close</button>
      </header>
      {props.children}
    </dialog>
  );
}
