// Makes HTTP calls with fetch: one JSON object a line in, one a line out; bodies in base64.
import { createInterface } from "node:readline";

for await (const line of createInterface({ input: process.stdin })) {
  const call = JSON.parse(line);
  const answer = await fetch(call.url, {
    method: call.method,
    headers: call.headers,
    body: call.body === null ? undefined : Buffer.from(call.body, "base64"),
    redirect: "manual",
  });
  const body = Buffer.from(await answer.arrayBuffer()).toString("base64");
  const headers = Object.fromEntries(answer.headers);
  process.stdout.write(JSON.stringify({ status: answer.status, headers, body }) + "\n");
}
process.exit(0);
