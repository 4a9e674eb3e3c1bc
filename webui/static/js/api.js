// Asking the API: JSON there and back. An error carries its status and what the server says.
export class ApiError extends Error {
  constructor(status, told) {
    super(told?.error?.message ?? `${status}`);
    this.status = status;
    this.current = told?.current;
  }
}

const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";

export async function ask(path, { method = "GET", body, signal } = {}) {
  const answer = await fetch(`/api/v1/${path}`, {
    method,
    headers: { ...(body && { "Content-Type": "application/json" }), ...(method !== "GET" && { "X-CSRF-Token": token }) },
    body: body ? JSON.stringify(body) : undefined,
    signal,
  }).catch(() => null);
  if (!answer) throw new ApiError(0, { error: { message: "" } });
  const told = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (!answer.ok) throw new ApiError(answer.status, told);
  return told;
}
