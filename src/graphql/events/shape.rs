//! What the types of all kinds of event have in common.

/// Defines the type of one kind of event, with the fields that all have and its own.
macro_rules! event {
    ($(#[$doc:meta])* $name:ident($data:ty) as $kind:ident { $($own:tt)* }) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name {
            pub(super) record: Arc<Record>,
            #[allow(dead_code, reason = "some kinds have no fields of their own")]
            pub(super) data: Arc<$data>,
        }

        $(#[$doc])*
        #[Object]
        impl $name {
            /// What kind of event.
            pub async fn kind(&self) -> TicketEventKind {
                TicketEventKind::$kind
            }

            /// What the clients of this desk call it, if they have a name of their own.
            pub async fn alias(&self, ctx: &Context<'_>) -> Option<String> {
                alias::of(Request::of(ctx).profile(), &self.record, TicketEventKind::$kind)
            }

            /// The log position right after it.
            pub async fn event_cursor(&self, ctx: &Context<'_>) -> EventCursor {
                Request::of(ctx).desk.head.at(self.record.seq)
            }

            /// When it happened: in the past for imports.
            pub async fn occurred_at(&self) -> Timestamp {
                self.record.occurred_at
            }

            /// When the desk recorded it.
            pub async fn recorded_at(&self) -> Timestamp {
                self.record.recorded_at
            }

            /// What kind of actor did it.
            pub async fn actor_kind(&self) -> ActorKind {
                self.record.actor_kind
            }

            /// By which door it came in.
            pub async fn origin(&self) -> Origin {
                self.record.origin
            }

            /// Who did it. Null if nobody did: the desk itself.
            pub async fn actor(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Person>> {
                person(ctx, self.record.actor_id).await
            }

            /// For whom it was done: a ticket that staff or another system opened for somebody. Null if for oneself.
            pub async fn on_behalf_of(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Person>> {
                person(ctx, self.record.on_behalf_of).await
            }

            /// The ticket it is about.
            pub async fn ticket_id(&self) -> TicketId {
                self.record.ticket_id.unwrap_or(TicketId(self.record.subject_id))
            }

            /// The ticket it is about, as it is now. Null if you can no longer see it.
            pub async fn ticket(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Ticket>> {
                let request = Request::of(ctx);
                let id = self.record.ticket_id.unwrap_or(TicketId(self.record.subject_id));
                Ok(request.visible_ticket(id).await.refuse(request)?.map(Ticket))
            }

            $($own)*
        }
    };
}
