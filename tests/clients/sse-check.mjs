// Server-Sent Events, as graphql-sse clients read them, against a desk that is up:
//
//   node tests/clients/sse-check.mjs http://127.0.0.1:4000 ada@desk.test 'the password'
//
// It asks, signs in and opens tickets over the protocol, while a subscription is cut again and again and comes back with its last
// `eventCursor`. At the end every ticket was told once, in the order of the log.
import assert from 'node:assert/strict';
import { createClient } from 'graphql-sse';

const [base = 'http://127.0.0.1:4000', email, password] = process.argv.slice(2);
const TICKETS = 12;

const connected = (token, signal) =>
  createClient({
    url: `${base}/graphql`,
    retryAttempts: 0,
    headers: token ? { authorization: `Bearer ${token}` } : {},
    fetchFn: (url, options) => fetch(url, signal ? { ...options, signal: AbortSignal.any([signal, options.signal]) } : options),
  });

/** The one answer to a query or a mutation. */
async function ask(client, query, variables = {}) {
  const answers = [];
  for await (const answer of client.iterate({ query, variables })) answers.push(answer);
  assert.equal(answers.length, 1);
  assert.equal(answers[0].errors, undefined, JSON.stringify(answers[0]));
  return answers[0].data;
}

const { signIn } = await ask(
  connected(),
  'mutation($input: SignInInput!) { signIn(input: $input) { accessToken userErrors { code message } } }',
  { input: { email, password } },
);
assert.deepEqual(signIn.userErrors, []);
const token = signIn.accessToken;
const me = connected(token);

let last = (await ask(me, '{ eventCursor }')).eventCursor;
const told = [];
let connections = 0;
let cut = () => {};
let over = false;

async function follow() {
  while (!over) {
    const away = new AbortController();
    cut = () => away.abort();
    connections += 1;
    try {
      const events = connected(token, away.signal).iterate({
        query: 'subscription($after: EventCursor) { ticketEvents(after: $after, filter: { kinds: [CREATED] }) { eventCursor node { ticketId } } }',
        variables: { after: last },
      });
      for await (const { data, errors } of events) {
        assert.equal(errors, undefined, JSON.stringify(errors));
        last = data.ticketEvents.eventCursor;
        if (data.ticketEvents.node) told.push(data.ticketEvents.node.ticketId);
      }
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
    }
  }
}

const following = follow();
const opened = [];
for (let nth = 0; nth < TICKETS; nth += 1) {
  const input = { title: `Ticket ${nth} over events`, description: 'Opened by a client that streams.' };
  const { ticketCreate } = await ask(me, 'mutation($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { id } } }', { input });
  opened.push(ticketCreate.ticket.id);
  if (nth % 3 === 2) cut();
}
for (let waited = 0; told.length < TICKETS && waited < 200; waited += 1) await new Promise((again) => setTimeout(again, 50));
over = true;
cut();
await following;
assert.deepEqual(told, opened);

const refused = connected('no-token').iterate({ query: '{ __typename }' });
await assert.rejects(refused.next());
console.log(`ok graphql-sse: ${told.length} events over ${connections} connections, none lost, none twice`);
