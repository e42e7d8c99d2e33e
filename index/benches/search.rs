//! What this crate costs on top of the library below, side by side on the same documents: `cargo bench -p
//! deskgraph-index`. Figures are medians in microseconds; what counts is the ratio.

use std::time::Instant;

use deskgraph_index::{Change, Document, Filter, Index, Options, Position, Request};
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, Occur, Query, QueryParser, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, STORED, STRING, Schema, TEXT};
use tantivy::snippet::SnippetGenerator;
use tantivy::{IndexWriter, Searcher, TantivyDocument, Term, doc};

const DOCUMENTS: u64 = 100_000;
const QUERIES: usize = 300;

/// A small generator: the same documents every time, no dependency.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A word; small numbers are frequent, as in language.
    fn word(&mut self) -> String {
        let uniform = (self.next() % 1_000_000) as f64 / 1_000_000.0;
        let mut n = (30_000_f64.powf(uniform) * 8.0) as u64;
        let mut word = String::new();
        while n > 0 || word.len() < 3 {
            word.push(char::from(b"aeiou"[(n % 5) as usize]));
            word.push(char::from(b"bdfgklmnprstvz"[(n / 5 % 14) as usize]));
            n /= 70;
        }
        word
    }

    fn text(&mut self, words: u64) -> String {
        (0..words).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }
}

fn documents() -> Vec<Document> {
    let mut random = Random(42);
    (0..DOCUMENTS)
        .map(|i| Document {
            id: u128::from(i),
            kind: "ticket".into(),
            title: random.text(6),
            body: random.text(40),
            terms: vec![("status".into(), if i % 3 == 0 { "open" } else { "closed" }.into())],
            created_at: i as i64,
            updated_at: i as i64,
            ..Document::default()
        })
        .collect()
}

struct Raw {
    searcher: Searcher,
    parser: QueryParser,
    status: Field,
    body: Field,
}

impl Raw {
    fn build(dir: &std::path::Path, documents: &[Document]) -> Raw {
        let mut schema = Schema::builder();
        let (title, body) =
            (schema.add_text_field("title", TEXT | STORED), schema.add_text_field("body", TEXT | STORED));
        let status = schema.add_text_field("status", STRING | STORED);
        let index = tantivy::Index::create_in_dir(dir, schema.build()).expect("creates");
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 60_000_000).expect("opens a writer");
        for d in documents {
            let document = doc!(title => d.title.as_str(), body => d.body.as_str(), status => d.terms[0].1.as_str());
            writer.add_document(document).expect("adds");
        }
        writer.commit().expect("commits");
        writer.wait_merging_threads().expect("merges");
        let searcher = index.reader().expect("opens").searcher();
        Raw { searcher, parser: QueryParser::for_index(&index, vec![title, body]), status, body }
    }

    fn search(&self, text: &str, filter: bool, total: bool) -> usize {
        let words = self.parser.parse_query(text).expect("parses");
        let mut query: Box<dyn Query> = words.box_clone();
        if filter {
            let open = TermQuery::new(Term::from_field_text(self.status, "open"), IndexRecordOption::Basic);
            query = Box::new(BooleanQuery::new(vec![(Occur::Must, Box::new(open)), (Occur::Must, query)]));
        }
        let best = TopDocs::with_limit(10).order_by_score();
        let (hits, count) = if total {
            self.searcher.search(&query, &(best, Count)).expect("searches")
        } else {
            (self.searcher.search(&query, &best).expect("searches"), 0)
        };
        let snippets = SnippetGenerator::create(&self.searcher, &*words, self.body).expect("makes snippets");
        hits.iter()
            .map(|&(_, at)| {
                let document: TantivyDocument = self.searcher.doc(at).expect("is stored");
                snippets.snippet_from_doc(&document).to_html().len()
            })
            .sum::<usize>()
            + count
    }
}

fn median(queries: &[String], mut run: impl FnMut(&str) -> usize) -> f64 {
    // Once to warm caches, once to measure.
    let mut guard = queries.iter().map(|q| run(q)).sum::<usize>();
    let mut times: Vec<f64> = queries
        .iter()
        .map(|q| {
            let start = Instant::now();
            guard += run(q);
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    assert!(guard > 0, "nothing was found");
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn main() {
    let documents = documents();
    let scratch = tempfile::tempdir().expect("a temporary directory");
    let raw_dir = scratch.path().join("raw");
    std::fs::create_dir(&raw_dir).expect("creates");
    let start = Instant::now();
    let raw = Raw::build(&raw_dir, &documents);
    println!("raw build: {:.1} s", start.elapsed().as_secs_f64());
    let start = Instant::now();
    let mut rebuild = Index::rebuild(scratch.path().join("ours"), Options::default()).expect("begins");
    for batch in documents.chunks(1_000) {
        rebuild.put(batch.to_vec()).expect("puts");
    }
    let ours = rebuild.finish(Position::default()).expect("finishes");
    println!("our build: {:.1} s\n", start.elapsed().as_secs_f64());
    let mut random = Random(7);
    let queries: Vec<String> = (0..QUERIES).map(|_| random.text(2)).collect();
    let long: Vec<String> = (0..QUERIES / 10).map(|_| random.text(60)).collect();
    let typos: Vec<String> = queries.iter().map(|q| q.replacen(|c: char| "aeiou".contains(c), "x", 1)).collect();
    println!("| two words, top 10, snippets | raw | ours | ratio |\n|---|---|---|---|");
    for (name, filter, total) in
        [("plain", false, false), ("total", false, true), ("filter", true, false), ("filter, total", true, true)]
    {
        let a = median(&queries, |q| raw.search(q, filter, total));
        let request = |q: &str| Request {
            total,
            spelling: false,
            filter: if filter { Filter::term("status", "open") } else { Filter::All },
            ..Request::new(q)
        };
        let b = median(&queries, |q| ours.search(&request(q)).expect("searches").hits.len());
        println!("| {name} | {a:.0} | {b:.0} | {:.2} |", b / a);
    }
    let a = median(&long, |q| raw.search(q, true, false));
    let request =
        |q: &str| Request { total: false, spelling: false, filter: Filter::term("status", "open"), ..Request::new(q) };
    let b = median(&long, |q| ours.search(&request(q)).expect("searches").hits.len());
    println!("| 60 words, filter | {a:.0} | {b:.0} | {:.2} |", b / a);
    let known = median(&queries, |q| usize::from(ours.correct(q, false).expect("corrects").is_none()));
    let unknown = median(&typos, |q| usize::from(ours.correct(q, false).expect("corrects").is_some()));
    println!("\ncorrect: {known:.0} known words, {unknown:.0} a misspelt one");
    let mut seq = 0;
    let mut times: Vec<f64> = documents
        .iter()
        .take(100)
        .map(|d| {
            seq += 1;
            let position = Position { epoch: String::new(), seq };
            let start = Instant::now();
            ours.apply(vec![Change::Put(d.clone())], position).expect("applies");
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("apply of one document: {:.0} median, {:.0} worst of 100", times[50], times[99]);
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        for line in status.lines().filter(|l| l.starts_with("RssAnon") || l.starts_with("RssFile")) {
            println!("{line}");
        }
    }
}
