// A live feed over lost connections, as graphql-ws clients follow it, against a desk that is up:
//
//   node tests/clients/resume-check.mjs http://127.0.0.1:4000 ada@desk.test 'the password'
//
// It subscribes to `ticketEvents` and opens tickets, while the connection is cut again and again; each time it comes back with the
// last `eventCursor`. At the end every ticket was told once, in the order of the log.
import assert from 'node:assert/strict';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [base = 'http://127.0.0.1:4000', email, password] = process.argv.slice(2);
const TICKETS = 40;
const CUTS = 8;

async function ask(query, variables, token) {
  const response = await fetch(`${base}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  });
  const answer = await response.json();
  assert.equal(answer.errors, undefined, JSON.stringify(answer));
  return answer.data;
}

const { signIn } = await ask(
  'mutation($input: SignInInput!) { signIn(input: $input) { accessToken userErrors { code message } } }',
  { input: { email, password } },
);
assert.deepEqual(signIn.userErrors, []);
const token = signIn.accessToken;

const sockets = new Set();
class Watched extends WebSocket {
  constructor(...parameters) {
    super(...parameters);
    sockets.add(this);
    this.on('close', () => sockets.delete(this));
  }
}

let last = (await ask('{ eventCursor }', {}, token)).eventCursor;
const told = [];
const cursors = [];
let connections = 0;
let wake = () => {};
let over = false;

/** The few lines that a client needs: begin again with the last cursor, whatever ended the stream before. */
async function follow() {
  while (!over) {
    const client = createClient({
      url: `${base.replace('http', 'ws')}/graphql`,
      webSocketImpl: Watched,
      retryAttempts: 0,
      connectionParams: { Authorization: `Bearer ${token}` },
    });
    connections += 1;
    try {
      const events = client.iterate({
        query: 'subscription($after: EventCursor) { ticketEvents(after: $after, filter: { kinds: [CREATED] }) { eventCursor node { kind ticketId } } }',
        variables: { after: last },
      });
      for await (const { data, errors } of events) {
        assert.equal(errors, undefined, JSON.stringify(errors));
        last = data.ticketEvents.eventCursor;
        cursors.push(last);
        if (data.ticketEvents.node) told.push(data.ticketEvents.node.ticketId);
        wake();
      }
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      // A cut connection: that is what this is about.
    } finally {
      await client.dispose();
    }
  }
}

const following = follow();
const opened = [];
for (let count = 0; count < TICKETS; count += 1) {
  const input = { title: `Over a bad line, ${count}`, description: 'Told once, and told for certain.', idempotencyKey: `resume-${process.pid}-${count}` };
  const { ticketCreate } = await ask('mutation($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { id } userErrors { code message } } }', { input }, token);
  assert.deepEqual(ticketCreate.userErrors, []);
  opened.push(ticketCreate.ticket.id);
  if (count % (TICKETS / CUTS) === 2) for (const socket of sockets) socket.terminate();
}
const patience = setTimeout(() => assert.fail(`told ${told.length} of ${TICKETS}`), 20_000);
while (told.length < TICKETS) await new Promise((resolve) => (wake = resolve));
clearTimeout(patience);
over = true;
for (const socket of sockets) socket.terminate();
await following;
assert.deepEqual(told, opened, 'every ticket once, in the order of the log');
const numbers = cursors.map((cursor) => Number(cursor.split('-')[1]));
assert.ok(numbers.every((number, at) => at === 0 || number > numbers[at - 1]), 'cursors only go on');
assert.ok(connections > 2, 'it was cut');
console.log(`ok ${TICKETS} events over ${connections} connections: nothing lost, nothing twice`);
process.exit(0);
