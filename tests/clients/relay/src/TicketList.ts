// A list as Relay pages it: a refetchable fragment with a connection, its items in fragments of their own.
import { graphql } from 'relay-runtime';

export const row = graphql`
  fragment TicketList_row on Ticket {
    id
    number
    title
    status { key name stage }
    updatedAt
  }
`;

export const list = graphql`
  fragment TicketList_query on Query
  @argumentDefinitions(first: { type: "Int", defaultValue: 25 }, after: { type: "String" }, filter: { type: "TicketFilter" })
  @refetchable(queryName: "TicketListPaginationQuery") {
    tickets(first: $first, after: $after, filter: $filter) @connection(key: "TicketList_tickets", filters: ["filter"]) {
      __id
      totalCount
      edges { cursor node { id ...TicketList_row } }
      pageInfo { hasNextPage endCursor }
    }
  }
`;

export const query = graphql`
  query TicketListQuery($filter: TicketFilter) {
    viewer { person { id name } }
    ...TicketList_query @arguments(filter: $filter)
  }
`;
