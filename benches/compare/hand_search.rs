//! Searching by hand: the search library as it comes, over the same texts, with its own snippets.

use deskgraph::ids::TicketId;
use futures_util::{Stream, TryStreamExt};
use serde::{Deserialize, Serialize};
use tantivy::collector::TopDocs;
use tantivy::query::QueryParser;
use tantivy::schema::{Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions, Value as _};
use tantivy::snippet::{Snippet, SnippetGenerator};
use tantivy::{Index, IndexReader, TantivyDocument};
use uuid::Uuid;

use super::hand::Data;

/// What it is sent.
#[derive(Deserialize)]
pub struct Words {
    query: String,
}

#[derive(Serialize)]
struct Fragment<'a> {
    text: &'a str,
    matched: bool,
}

#[derive(Serialize)]
struct Node {
    id: String,
}

#[derive(Serialize)]
struct Hit<'a> {
    node: Node,
    title: Vec<Fragment<'a>>,
    snippet: Vec<Fragment<'a>>,
}

#[derive(Serialize)]
struct Hits<'a> {
    hits: Vec<Hit<'a>>,
}

#[derive(Serialize)]
struct Found<'a> {
    search: Hits<'a>,
}

/// One comment with its ticket: id, title, description, audience, body.
type Text = (Uuid, String, String, String, String);

/// An index in memory.
pub struct Search {
    index: Index,
    reader: IndexReader,
    id: Field,
    title: Field,
    body: Field,
    internal: Field,
}

impl Search {
    /// Indexes the texts, which come in the order of tickets.
    pub async fn build(texts: impl Stream<Item = sqlx::Result<Text>>) -> anyhow::Result<Self> {
        let mut schema = Schema::builder();
        let indexing =
            TextFieldIndexing::default().set_tokenizer("en_stem").set_index_option(IndexRecordOption::WithFreqs);
        let text = TextOptions::default().set_indexing_options(indexing).set_stored();
        let id = schema.add_bytes_field("id", STORED);
        let title = schema.add_text_field("title", text.clone());
        let body = schema.add_text_field("body", text.clone());
        let internal = schema.add_text_field("internal", text);
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, 100 << 20)?;
        let add = |ticket: Uuid, name: &str, (public, staff): (&str, &str)| -> anyhow::Result<()> {
            let mut document = TantivyDocument::new();
            document.add_bytes(id, ticket.as_bytes());
            document.add_text(title, name);
            document.add_text(body, public);
            document.add_text(internal, staff);
            writer.add_document(document)?;
            Ok(())
        };
        let mut present: Option<(Uuid, String, String, String)> = None;
        futures_util::pin_mut!(texts);
        while let Some((ticket, name, description, audience, said)) = texts.try_next().await? {
            if present.as_ref().is_none_or(|present| present.0 != ticket) {
                if let Some((ticket, name, public, staff)) = present.take() {
                    add(ticket, &name, (&public, &staff))?;
                }
                present = Some((ticket, name, description, String::new()));
            }
            if let Some((_, _, public, staff)) = &mut present {
                let text = if audience == "PUBLIC" { public } else { staff };
                text.push('\n');
                text.push_str(&said);
            }
        }
        if let Some((ticket, name, public, staff)) = present {
            add(ticket, &name, (&public, &staff))?;
        }
        writer.commit()?;
        let reader = index.reader()?;
        Ok(Self { index, reader, id, title, body, internal })
    }

    /// The ten best, marked.
    pub fn find(&self, words: &Words) -> Vec<u8> {
        let searcher = self.reader.searcher();
        let parser = QueryParser::for_index(&self.index, vec![self.title, self.body, self.internal]);
        let (query, _) = parser.parse_query_lenient(&words.query);
        let snippets = |field: Field, chars: usize| {
            let mut generator = SnippetGenerator::create(&searcher, &*query, field).expect("a generator");
            generator.set_max_num_chars(chars);
            generator
        };
        let (title, body) = (snippets(self.title, 1_000), snippets(self.body, 200));
        let top = searcher.search(&query, &TopDocs::with_limit(10).order_by_score()).expect("hits");
        let found: Vec<(TicketId, Snippet, Snippet)> = top
            .into_iter()
            .map(|(_, address)| {
                let document: TantivyDocument = searcher.doc(address).expect("a document");
                let id = document.get_first(self.id).and_then(|id| id.as_bytes()).expect("an id");
                let text = |field: Field| document.get_first(field).and_then(|text| text.as_str()).unwrap_or_default();
                let id = TicketId(Uuid::from_slice(id).expect("an id"));
                (id, title.snippet(text(self.title)), body.snippet(text(self.body)))
            })
            .collect();
        let hits = found.iter().map(|(id, title, snippet)| Hit {
            node: Node { id: id.to_string() },
            title: fragments(title),
            snippet: fragments(snippet),
        });
        serde_json::to_vec(&Data { data: Found { search: Hits { hits: hits.collect() } } }).expect("JSON")
    }
}

fn fragments(snippet: &Snippet) -> Vec<Fragment<'_>> {
    let text = snippet.fragment();
    let mut fragments = Vec::new();
    let mut at = 0;
    for range in snippet.highlighted() {
        if range.start > at {
            fragments.push(Fragment { text: &text[at..range.start], matched: false });
        }
        fragments.push(Fragment { text: &text[range.clone()], matched: true });
        at = range.end;
    }
    if at < text.len() {
        fragments.push(Fragment { text: &text[at..], matched: false });
    }
    fragments
}
