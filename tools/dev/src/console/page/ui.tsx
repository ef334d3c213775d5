import type { ComponentChildren } from "preact";
import { useContext } from "preact/hooks";
import { Processes, useColors } from "./processes.ts";
import { setQuery } from "./router.ts";
import type { Loaded } from "./use-api.ts";

/** The title of a view. @param note small print beside it */
export function Title({ children, note }: { children: ComponentChildren; note?: ComponentChildren }) {
  return (
    <div class="title">
      <h1>{children}</h1>
      {note && <p>{note}</p>}
    </div>
  );
}

/** A box for a view that has nothing to show. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <strong>{title}</strong>
      {children && <p>{children}</p>}
    </div>
  );
}

/** Shows why something could not be loaded. */
export function Problem({ of: { error } }: { of: Loaded<unknown> }) {
  return error ? (
    <p class="problem" role="alert">
      {error}
    </p>
  ) : null;
}

/** The name of a process with its color. */
export function ProcessName({ name }: { name: string }) {
  const colorOf = useColors();
  return (
    <span class={`process ${colorOf(name)}`}>
      <i aria-hidden="true" />
      {name}
    </span>
  );
}

/** A field that filters a list by a text. */
export function SearchField({ name, value, label }: { name: string; value: string; label: string }) {
  return (
    <label class="search">
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <circle cx="11" cy="11" r="7" />
        <path d="m20.5 20.5-4.5-4.5" />
      </svg>
      <input
        type="search"
        value={value}
        placeholder={label}
        aria-label={label}
        onInput={(event) => setQuery({ [name]: event.currentTarget.value.trim() })}
      />
    </label>
  );
}

/** A choice of a process, or of all. */
export function ProcessSelect({ value, withPage = false }: { value: string; withPage?: boolean }) {
  const names = useContext(Processes)
    .filter(({ kind }) => withPage || kind !== "web")
    .map(({ name }) => name);
  return (
    <label class="select">
      <select aria-label="Process" value={value} onChange={(event) => setQuery({ process: event.currentTarget.value })}>
        <option value="">All processes</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A switch of a filter. */
export function Toggle({ name, isOn, children }: { name: string; isOn: boolean; children: ComponentChildren }) {
  return (
    <button type="button" class="pill" aria-pressed={isOn} onClick={() => setQuery({ [name]: isOn ? undefined : "1" })}>
      {children}
    </button>
  );
}
