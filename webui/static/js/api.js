// Asking the API: JSON there and back. An error carries its status and what the server says.
export class ApiError extends Error {
  constructor(status, told) {
    super(told?.error?.message ?? `${status}`);
    this.status = status;
    this.current = told?.current;
  }
}

const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";

export function ask(path, { method = "GET", body, signal } = {}) {
  const headers = body ? { "Content-Type": "application/json" } : {};
  return send(path, { method, headers, body: body && JSON.stringify(body), signal });
}

/** Send fields, files among them, as a form. */
export function upload(path, fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  return send(path, { method: "POST", headers: {}, body });
}

async function send(path, { method, headers, body, signal }) {
  const guarded = { ...headers, ...(method !== "GET" && { "X-CSRF-Token": token }) };
  const answer = await fetch(`/api/v1/${path}`, { method, headers: guarded, body, signal }).catch(() => null);
  if (!answer) throw new ApiError(0, { error: { message: "" } });
  const told = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (!answer.ok) throw new ApiError(answer.status, told);
  return told;
}
