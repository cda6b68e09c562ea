// The TypeScript SDK 2.x, in either era of the protocol.

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

export async function connected({ url, token, command, args, env, era }) {
  const transport = url
    ? new StreamableHTTPClientTransport(new URL(url), {
        requestInit: { headers: { Authorization: `Bearer ${token}` } },
      })
    : new StdioClientTransport({ command, args, env, stderr: "inherit" });
  const mode = era === "legacy" ? "legacy" : { pin: era };
  const client = new Client({ name: "sdk-2", version: "2" }, { versionNegotiation: { mode } });
  await client.connect(transport);
  return client;
}

export const called = (client, params, options) => client.callTool(params, options);
