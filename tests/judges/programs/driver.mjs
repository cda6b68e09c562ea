// A client by one of the TypeScript SDKs that does what lines of JSON on its standard input ask, each
// as soon as it is read, and writes what came of it as lines of JSON:
//
//   {"id": 1, "do": "tools" | "resources" | "prompts"}
//   {"id": 1, "do": "resource", "uri": "…"}, {"id": 1, "do": "prompt", "name": "…", "arguments": {…}}
//   {"id": 2, "do": "call", "tool": "…", "arguments": {…}, "seconds": 60, "patient": true}
//   {"id": 3, "do": "leave", "of": 2}     the call is given up, as a host does whose user stops it
//
// What it is connected to stands in its first argument.

import { createInterface } from "node:readline";

const how = JSON.parse(process.argv[2]);
const { connected, called } = await import(`./${how.sdk}.mjs`);
const client = await connected(how);
const underWay = new Map();

const acts = {
  tools: () => client.listTools(),
  resources: () => client.listResources(),
  prompts: () => client.listPrompts(),
  resource: ({ uri }) => client.readResource({ uri }),
  prompt: ({ name, arguments: given }) => client.getPrompt({ name, arguments: given }),
  leave: ({ of }) => (underWay.get(of)?.abort("the user stopped it"), {}),
  call: async ({ id, tool, arguments: given, seconds, patient }, progress) => {
    const leaving = new AbortController();
    underWay.set(id, leaving);
    const options = { timeout: seconds * 1000, signal: leaving.signal };
    if (patient) {
      options.onprogress = (told) => progress.push(told.progress);
      options.resetTimeoutOnProgress = true;
    }
    return called(client, { name: tool, arguments: given }, options);
  },
};

async function answer(asked) {
  const told = { id: asked.id, progress: [] };
  try {
    told.result = await acts[asked.do](asked, told.progress);
  } catch (error) {
    told.error = { code: error.code ?? null, message: String(error.message ?? error) };
  }
  console.log(JSON.stringify(told));
}

console.log(JSON.stringify({ id: 0, result: {} }));
for await (const line of createInterface({ input: process.stdin })) answer(JSON.parse(line));
await client.close();
