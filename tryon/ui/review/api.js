// The review's REST, relative to this file, so that it works behind any prefix.
const ROOT = new URL("../api/", import.meta.url);

export class Refused extends Error {
  constructor(status, body) {
    super(body.message || "The server answered " + status + ".");
    this.status = status;
    this.code = body.code || "";
    this.remedy = body.remedy || "";
  }
}

export class Unreachable extends Error {}

export const address = (path) => new URL(path, ROOT).href;

const ask = async (method, path, body) => {
  let response;
  try {
    response = await fetch(address(path), {
      method,
      credentials: "same-origin",
      headers: { "X-Review": "1", ...(body ? { "Content-Type": "application/json" } : {}) },
      body: body && JSON.stringify(body),
      keepalive: method === "PUT",
    });
  } catch {
    throw new Unreachable("The server cannot be reached.");
  }
  if (response.status === 502 || response.status === 503 || response.status === 504) {
    throw new Unreachable("The server is busy or starting.");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, answer);
  return answer;
};

export const get = (path) => ask("GET", path);
export const post = (path, body) => ask("POST", path, body || {});
export const put = (path, body) => ask("PUT", path, body);
