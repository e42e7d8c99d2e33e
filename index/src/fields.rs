//! The fields on disk, and how a document becomes one.

use tantivy::TantivyDocument;
use tantivy::schema::{
    BytesOptions, FAST, Field, IndexRecordOption, NumericOptions, STORED, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};

use crate::analysis::{Analyzer, Mode};
use crate::document::Document;

/// Raise when the fields, the analysis, or what documents are made of change: an index of another version is rebuilt, never read.
pub(crate) const VERSION: u32 = 2;

/// How much of a text is searched, in bytes. The rest is not indexed, nor stored.
const MAX_TEXT_BYTES: usize = 1 << 20;

/// How long the exact part of a filter term is, in bytes; the library drops terms beyond 64 KiB.
const MAX_TERM_BYTES: usize = 1000;

/// Handles of the fields.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    /// The id as 16 bytes, big endian: to find a document by it, and to name a hit whose texts are read anyway.
    pub id: Field,
    /// The upper half of the id, readable without the document store.
    pub id_high: Field,
    /// The lower half.
    pub id_low: Field,
    /// Filter terms, field and value in one.
    pub terms: Field,
    pub created_at: Field,
    pub updated_at: Field,
    /// Stems of the title.
    pub title: Field,
    /// Stems of the body.
    pub body: Field,
    /// Stems of the internal text, stop words too.
    pub internal: Field,
    /// Stop words of title and body.
    pub common: Field,
    /// Unstemmed words of title and body.
    pub words: Field,
    /// Unstemmed words of the internal text.
    pub internal_words: Field,
    pub stored_kind: Field,
    pub stored_title: Field,
    pub stored_body: Field,
    pub stored_internal: Field,
}

/// Name of the fast field the order without search words uses.
pub(crate) const UPDATED_AT: &str = "updated_at";
pub(crate) const CREATED_AT: &str = "created_at";
pub(crate) const ID_HIGH: &str = "id_high";
pub(crate) const ID_LOW: &str = "id_low";

impl Fields {
    /// The schema and its handles. Always the same: a stored schema that differs is another version.
    pub(crate) fn schema() -> (Schema, Fields) {
        let text = |tokenizer: &str, record: IndexRecordOption, norms: bool| {
            TextOptions::default().set_indexing_options(
                TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(record).set_fieldnorms(norms),
            )
        };
        let time = NumericOptions::default().set_fast();
        let mut b = Schema::builder();
        let fields = Fields {
            id: b.add_bytes_field("id", BytesOptions::default().set_indexed().set_stored()),
            id_high: b.add_u64_field(ID_HIGH, FAST),
            id_low: b.add_u64_field(ID_LOW, FAST),
            terms: b.add_text_field("terms", text("raw", IndexRecordOption::Basic, false)),
            created_at: b.add_i64_field(CREATED_AT, time.clone()),
            updated_at: b.add_i64_field(UPDATED_AT, time),
            title: b.add_text_field("title", text("search", IndexRecordOption::WithFreqs, true)),
            body: b.add_text_field("body", text("search", IndexRecordOption::WithFreqs, true)),
            internal: b.add_text_field("internal", text("everything", IndexRecordOption::WithFreqs, true)),
            common: b.add_text_field("common", text("stop_words", IndexRecordOption::WithFreqs, true)),
            words: b.add_text_field("words", text("vocabulary", IndexRecordOption::Basic, false)),
            internal_words: b.add_text_field("internal_words", text("vocabulary", IndexRecordOption::Basic, false)),
            stored_kind: b.add_text_field("stored_kind", STORED),
            stored_title: b.add_text_field("stored_title", STORED),
            stored_body: b.add_text_field("stored_body", STORED),
            stored_internal: b.add_text_field("stored_internal", STORED),
        };
        (b.build(), fields)
    }

    /// The tokenizers the schema names.
    pub(crate) fn tokenizers() -> TokenizerManager {
        let manager = TokenizerManager::default();
        for (name, mode) in [
            ("search", Mode::Search),
            ("everything", Mode::Everything),
            ("stop_words", Mode::StopWords),
            ("vocabulary", Mode::Vocabulary),
        ] {
            manager.register(name, TextAnalyzer::from(Analyzer::new(mode)));
        }
        manager
    }

    /// The document in the library's shape.
    pub(crate) fn encode(&self, document: &Document) -> TantivyDocument {
        let mut out = TantivyDocument::new();
        out.add_bytes(self.id, &document.id.to_be_bytes());
        out.add_u64(self.id_high, (document.id >> 64) as u64);
        out.add_u64(self.id_low, document.id as u64);
        out.add_i64(self.created_at, document.created_at);
        out.add_i64(self.updated_at, document.updated_at);
        out.add_text(self.terms, filter_term(KIND, &document.kind));
        for (field, value) in &document.terms {
            out.add_text(self.terms, filter_term(field, value));
        }
        let (title, body, internal) = (cut(&document.title), cut(&document.body), cut(&document.internal));
        for text in [title, body] {
            out.add_text(self.common, text);
            out.add_text(self.words, text);
        }
        out.add_text(self.title, title);
        out.add_text(self.body, body);
        out.add_text(self.stored_kind, &document.kind);
        out.add_text(self.stored_title, title);
        out.add_text(self.stored_body, body);
        if !internal.is_empty() {
            out.add_text(self.internal, internal);
            out.add_text(self.internal_words, internal);
            out.add_text(self.stored_internal, internal);
        }
        out
    }
}

/// The filter field that holds the kind, for [`Request::facets`](crate::Request::facets). No caller's field collides: it contains
/// the separator.
pub const KIND: &str = "\u{1f}kind";

/// What all terms of a field begin with.
pub(crate) fn term_prefix(field: &str) -> String {
    format!("{}\u{1f}{field}\u{1f}", field.len())
}

/// The term that says "`field` is `value`". Values too long for a term are told apart by a checksum of the rest.
pub(crate) fn filter_term(field: &str, value: &str) -> String {
    let mut term = term_prefix(field) + value;
    if term.len() > MAX_TERM_BYTES {
        let end = term.floor_char_boundary(MAX_TERM_BYTES);
        let sums = (crc32fast::hash(&term.as_bytes()[end..]), crc32fast::hash(term.as_bytes()), term.len());
        term.truncate(end);
        term.push_str(&format!("\u{1f}{:08x}{:08x}{}", sums.0, sums.1, sums.2));
    }
    term
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_TEXT_BYTES)]
}
