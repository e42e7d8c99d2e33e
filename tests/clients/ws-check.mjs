// What the npm package graphql-ws and the bare protocol make of the socket of a server that is up:
//
//   npm ci --prefix tests/clients
//   node tests/clients/ws-check.mjs ws://127.0.0.1:4000/graphql ['subscription { … }']
//
// Without a subscription of its own it asks `{ __typename }`, which every schema answers.
import assert from 'node:assert/strict';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const url = process.argv[2] ?? 'ws://127.0.0.1:4000/graphql';
const query = process.argv[3] ?? '{ __typename }';

async function first(client, query) {
  const iterator = client.iterate({ query });
  const { value } = await iterator.next();
  await iterator.return();
  return value;
}

const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0, lazy: false });
const answer = await first(client, query);
assert.equal(answer.errors, undefined, JSON.stringify(answer));
console.log('ok graphql-ws is answered', JSON.stringify(answer.data));
await assert.rejects(first(client, '{ thereIsNoSuchField }'), (errors) => {
  assert.equal(errors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
  return true;
});
console.log('ok a refused document arrives as an error');
await client.dispose();

/** Sends the messages, one after the other, and answers the close code. */
function closes(messages, protocols = ['graphql-transport-ws']) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, protocols, { origin: undefined });
    const timer = setTimeout(() => reject(new Error('the socket was not closed in 15 s')), 15_000);
    socket.on('open', () => messages.forEach((message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message))));
    socket.on('close', (code) => {
      clearTimeout(timer);
      resolve(code);
    });
    socket.on('error', reject);
  });
}

const init = { type: 'connection_init' };
const subscribe = { type: 'subscribe', id: '1', payload: { query: '{ __typename }' } };
const cases = [
  ['nonsense', 4400, ['nonsense']],
  ['an unknown type', 4400, [{ type: 'start' }]],
  ['subscribe before init', 4401, [subscribe]],
  ['a bad token', 4403, [{ ...init, payload: { Authorization: 'Bearer nonsense' } }]],
  ['no subprotocol', 4406, [], []],
  ['no init', 4408, []],
  ['a second init', 4429, [init, init]],
];
for (const [name, expected, messages, protocols] of cases) {
  assert.equal(await closes(messages, protocols), expected, name);
  console.log(`ok ${expected} ${name}`);
}
const refused = await new Promise((resolve) => {
  const socket = new WebSocket(url, ['graphql-transport-ws'], { origin: 'https://evil.test' });
  socket.on('unexpected-response', (_, response) => resolve(response.statusCode));
  socket.on('open', () => resolve('open'));
});
assert.equal(refused, 403);
console.log('ok 403 for a page of another site');
// A client library may keep timers; everything that was to be checked has been.
process.exit(0);
