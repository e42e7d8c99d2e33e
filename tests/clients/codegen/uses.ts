// What a client does with the generated types: compiled, not run. If one of these lines stops compiling, clients break.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import {
  LiveFeedDocument,
  MyTicketsDocument,
  OpenTicketDocument,
  TicketDetailDocument,
  type TicketStage,
} from './generated.js';

declare function ask<Result, Variables>(document: TypedDocumentNode<Result, Variables>, variables: Variables): Promise<Result>;
declare function follow<Result, Variables>(document: TypedDocumentNode<Result, Variables>, variables: Variables): AsyncIterable<Result>;

/** Switches on the stage: complete, so that a new stage is seen by the compiler. */
function colour(stage: TicketStage): string {
  switch (stage) {
    case 'NEW':
      return 'blue';
    case 'ACTIVE':
      return 'green';
    case 'WAITING':
      return 'yellow';
    case 'RESOLVED':
      return 'grey';
    case 'CLOSED':
      return 'black';
  }
}

export async function page(): Promise<string[]> {
  const { tickets } = await ask(MyTicketsDocument, { filter: { stage: ['NEW', 'ACTIVE'] } });
  return tickets.nodes.map((ticket) => `${ticket.number} ${ticket.title} ${colour(ticket.status.stage)}`);
}

export async function open(): Promise<string> {
  const { ticketCreate } = await ask(OpenTicketDocument, { input: { title: 'The invoice is wrong', description: 'Two seats instead of one.' } });
  for (const error of ticketCreate.userErrors) {
    if (error.__typename === 'ValueError') return error.allowed.join(', ');
    return `${error.code}: ${error.message}`;
  }
  return ticketCreate.ticket?.id ?? '';
}

export async function detail(id: string): Promise<string> {
  const { ticket } = await ask(TicketDetailDocument, { id });
  const last = ticket?.history.nodes.at(-1);
  if (last?.__typename === 'TicketStatusChangedEvent') return `${last.statusBefore.name} → ${last.status.name}`;
  return last?.kind ?? 'nothing';
}

export async function watch(): Promise<string | undefined> {
  let cursor: string | undefined;
  for await (const { ticketEvents } of follow(LiveFeedDocument, {})) {
    cursor = ticketEvents.eventCursor;
  }
  return cursor;
}

// @ts-expect-error a title is a text
void ask(OpenTicketDocument, { input: { title: 7 } });
