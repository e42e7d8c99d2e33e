// One thing: refetched by its id through `node`, its comments paged both ways, changed by mutations, watched by a subscription.
import { graphql } from 'relay-runtime';

export const comments = graphql`
  fragment TicketPage_comments on Ticket
  @argumentDefinitions(last: { type: "Int", defaultValue: 20 }, before: { type: "String" })
  @refetchable(queryName: "TicketPageCommentsQuery") {
    comments(last: $last, before: $before) @connection(key: "TicketPage_comments") {
      edges { node { id bodyText createdAt author { id name } } }
      pageInfo { hasPreviousPage startCursor }
    }
  }
`;

export const query = graphql`
  query TicketPageQuery($id: ID!) {
    eventCursor
    node(id: $id) {
      __typename
      ... on Ticket {
        id
        title
        version
        actions { name allowed reason }
        ...TicketPage_comments
      }
    }
  }
`;

export const reply = graphql`
  mutation TicketPageReplyMutation($input: CommentAddInput!, $connections: [ID!]!) {
    commentAdd(input: $input) {
      comment @prependNode(connections: $connections, edgeTypeName: "CommentEdge") { id bodyText createdAt author { id name } }
      eventCursor
      userErrors { __typename code message field ... on ValueError { allowed } }
    }
  }
`;

export const open = graphql`
  mutation TicketPageOpenMutation($input: TicketCreateInput!) {
    ticketCreate(input: $input) {
      ticket { id ...TicketList_row }
      userErrors { __typename code message field }
    }
  }
`;

export const live = graphql`
  subscription TicketPageSubscription($ids: [ID!]!, $after: EventCursor) {
    ticketEvents(filter: { ticketIds: $ids }, after: $after) {
      eventCursor
      node {
        __typename
        kind
        ticket { id title version status { key name stage } }
        ... on CommentAddedEvent { comment { id bodyText } }
      }
    }
  }
`;
