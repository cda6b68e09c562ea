// The TypeScript SDK 1.x, which knows the older handshake alone.

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

export async function connected({ url, token, command, args, env }) {
  const transport = url
    ? new StreamableHTTPClientTransport(new URL(url), {
        requestInit: { headers: { Authorization: `Bearer ${token}` } },
      })
    : new StdioClientTransport({ command, args, env, stderr: "inherit" });
  const client = new Client({ name: "sdk-1", version: "1" });
  await client.connect(transport);
  return client;
}

export const called = (client, params, options) => client.callTool(params, undefined, options);
